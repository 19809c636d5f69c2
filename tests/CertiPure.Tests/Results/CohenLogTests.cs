using System.Globalization;
using System.Numerics;
using CertiPure.Results;
using CertiPure.Smoothing;
using CsCheck;

namespace CertiPure.Tests.Results;

public sealed class CohenLogTests : IDisposable
{
    private const string Header = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n";
    private readonly TemporaryFolder _folder = new();

    private string LogPath => _folder["log.tsv"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_published_forms_of_time_and_an_abstention_are_read()
    {
        File.WriteAllText(
            LogPath,
            Header + "0\t3\t3\t0.377\t1\t0:02:14.5\n20\t8\t-1\t0.0\t0\t15.4\r\n40\t1\t1\t0.5\t1\t1 day, 1:00:00\n60\t1\t1\t0.5\t1\t25:00:01\n");

        Assert.Equal(
            [
                new CohenRow(0, 3, 3, 0.377, true, 134.5), new CohenRow(20, 8, null, 0, false, 15.4), new CohenRow(40, 1, 1, 0.5, true, 90_000),
                new CohenRow(60, 1, 1, 0.5, true, 90_001),
            ],
            CohenLog.Read(LogPath));
    }

    [Fact]
    public void An_image_that_took_more_than_a_day_keeps_its_days()
    {
        using (var writer = new StreamWriter(LogPath))
        {
            CohenLog.Write([Samples.Certificate(20, seconds: 90_000.5)], writer);
        }

        Assert.Equal(90_000.5, Assert.Single(CohenLog.Read(LogPath)).Seconds);
    }

    [Theory]
    [InlineData("idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t3\t3\t0.51\tTrue\t0:00:01.5\n1\t8\t-1\t0.0\tFalse\t0:00:01.2\n")]
    [InlineData("idx\tlabel\tpredict\tradius\tcorrect\ttime\t\n0\t3\t3\t0.51\t1\t0:00:01.5\t\n1\t8\t-1\t0.0\t0\t0:00:01.2\t\n")]
    [InlineData("idx \t label \t predict \t radius \t correct \t time\n0 \t 3 \t 3 \t 0.51 \t 1 \t 0:00:01.5\n1 \t 8 \t -1 \t 0.0 \t 0 \t 0:00:01.2\n")]
    [InlineData("time\tidx\tsigma\tpredict\tlabel\tcorrect\tradius\n1.5\t0\t0.25\t3\t3\t1\t0.51\n1.2\t1\t0.25\t-1\t8\t0\t0.0\n\n")]
    public void Columns_are_found_by_name_and_read_in_the_forms_that_programs_write(string text)
    {
        File.WriteAllText(LogPath, text);
        CohenRow[] expected = [new(0, 3, 3, 0.51, true, 1.5), new(1, 8, null, 0, false, 1.2)];

        Assert.Equal(expected, CohenLog.Read(LogPath));
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    public void A_log_is_read_in_utf_8_and_utf_16_with_and_without_a_byte_order_mark(string name, bool marked)
    {
        var encoding = System.Text.Encoding.GetEncoding(name);
        byte[] text = encoding.GetBytes(Header + "0\t3\t3\t0.51\t1\t0:00:01.5\r\n");
        File.WriteAllBytes(LogPath, [.. marked ? encoding.GetPreamble() : [], .. text]);

        Assert.Equal([new CohenRow(0, 3, 3, 0.51, true, 1.5)], CohenLog.Read(LogPath));
    }

    [Theory]
    [InlineData("0\ttensor([3])\t3\t0.51\t1\t1.5", "column label: 'tensor([3])' is not a whole number")]
    [InlineData("0\t8\t-1\t-1.0\t0\t1.5", "column radius: '-1.0' is below 0")]
    [InlineData("0\t3\t3\t0,51\t1\t1.5", "column radius: '0,51' is not a number; write 0.51")]
    [InlineData("0\t3\t3\t0.51\t0\t1.5", "column correct: '0' contradicts the label 3 and the prediction 3")]
    [InlineData("0\t3\t3\t0.51\tyes\t1.5", "column correct: 'yes' is neither")]
    [InlineData("0\t3\t3\t0.51\t1\tlater", "column time: 'later' is not a time")]
    [InlineData("0\t3\t3\t0.51\t1", "has no column time")]
    [InlineData("0\t3\t3\t0.51\t1\t1.5\tmore", "has 7 columns, and the first line names 6")]
    public void What_does_not_fit_is_named_by_line_and_column(string row, string words)
    {
        File.WriteAllText(LogPath, Header + row + "\n");

        string message = Assert.Throws<CertiPureException>(() => CohenLog.Read(LogPath)).Message;
        Assert.StartsWith($"Line 2 of {LogPath}", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0\t3\t3\t0.377\t1\t1.0\n")]
    [InlineData("idx,label,predict,radius,correct,time\n")]
    public void A_file_without_the_header_is_refused(string text)
    {
        File.WriteAllText(LogPath, text);

        Assert.Contains("is not a certification log", Assert.Throws<CertiPureException>(() => CohenLog.Read(LogPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0\t3\t3\t0.377\t1")]
    [InlineData("-1\t3\t3\t0.377\t1\t1.0")]
    [InlineData("0\t3\t-2\t0.377\t1\t1.0")]
    [InlineData("0\t3\t3\tNaN\t1\t1.0")]
    [InlineData("0\t3\t3\t-0.1\t1\t1.0")]
    [InlineData("0\t3\t3\t0,377\t1\t1.0")]
    [InlineData("0\t3\t3\t1e999\t1\t1.0")]
    [InlineData("0\t3\t3\t0.377\t2\t1.0")]
    [InlineData("0\t3\t3\t0.377\t1\tsoon")]
    [InlineData("0\t3\t3\t0.377\t1\t-1:00:00")]
    [InlineData("1\t3\t3\t0.377\t1\t1.0")]
    public void A_malformed_or_repeated_row_is_named_by_its_line(string row)
    {
        File.WriteAllText(LogPath, Header + "1\t3\t3\t0.377\t1\t1.0\n" + row + "\n");

        Assert.StartsWith($"Line 3 of {LogPath}", Assert.Throws<CertiPureException>(() => CohenLog.Read(LogPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_contradicts_the_prediction_is_refused()
    {
        File.WriteAllText(LogPath, Header + "0\t3\t3\t0.377\t0\t1.0\n");

        Assert.StartsWith($"Line 2 of {LogPath}", Assert.Throws<CertiPureException>(() => CohenLog.Read(LogPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        Certificate[] certificates = [.. Enumerable.Range(0, 9).Select(id => Samples.Certificate(id))];
        using (var writer = new StreamWriter(LogPath))
        {
            CohenLog.Write(certificates, writer);
        }

        IReadOnlyList<CohenRow> rows = CohenLog.Read(LogPath);

        Assert.Equal(certificates.Select(c => (c.Id, c.Label, c.Predicted)), rows.Select(r => (r.Id, (int?)r.Label, r.Predicted)));
        Assert.All(certificates.Zip(rows), pair => Assert.InRange(pair.Second.Radius, pair.First.Radius * 0.99, pair.First.Radius));
        Assert.All(rows, row => Assert.Equal(0.25, row.Seconds));
    }

    [Fact]
    public void An_image_without_a_label_cannot_be_written()
    {
        Certificate unlabeled = Samples.Certificate(20) with { Label = null };

        Assert.Contains("Image 20", Assert.Throws<CertiPureException>(() => CohenLog.Write([unlabeled], TextWriter.Null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(0.5, "0.5")]
    [InlineData(0.37799999999999995, "0.377")]
    [InlineData(0.99999, "0.999")]
    [InlineData(1.7385, "1.73")]
    [InlineData(0.012599999, "0.0125")]
    [InlineData(1234.5, "1230.0")]
    [InlineData(1e-30, "0.0")]
    public void A_radius_is_printed_with_three_digits_rounded_down(double radius, string text)
    {
        Assert.Equal(text, CohenLog.FormatRadius(radius));
    }

    [Fact]
    public void No_printed_radius_exceeds_the_exact_one()
    {
        Gen.Double[1e-12, 100].Sample(radius =>
        {
            string text = CohenLog.FormatRadius(radius);
            string[] parts = text.Split('.');
            var printed = BigInteger.Parse(parts[0] + parts[1], CultureInfo.InvariantCulture);

            // radius = mantissa * 2^-shift exactly, so the comparison below is one of integers.
            long bits = BitConverter.DoubleToInt64Bits(radius);
            BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000;
            int shift = 1075 - (int)((bits >> 52) & 0x7FF);
            return (printed << shift) <= mantissa * BigInteger.Pow(10, parts[1].Length);
        });
    }
}
