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
