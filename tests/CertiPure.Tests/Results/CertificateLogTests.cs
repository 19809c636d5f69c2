using System.Text;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class CertificateLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogPath => _folder["certificates.jsonl"];

    public void Dispose() => _folder.Dispose();

    private const string FirstVersion =
        "{\"id\":20,\"label\":null,\"predicted\":null,\"selection\":[3,7],\"looks\":[{\"n\":100,\"k\":40,\"alpha\":0.001}],"
        + "\"draws\":100,\"lowerBound\":0.25,\"radius\":0,\"seconds\":1.5}";

    [Fact]
    public void A_line_has_exactly_the_documented_keys_in_their_order()
    {
        var certificate = new Certificate(
            20, null, null, [3, 7], [new Look([60, 40], 1, 0.001, 0), new Look([120, 80], 1, 0.0006, 0.0004)], 200, 0.25, 0, 1.5)
        {
            File = "cats/7.png",
            UpperBound = 0.75,
        };

        Assert.Equal(
            "{\"id\":20,\"file\":\"cats/7.png\",\"label\":null,\"predicted\":null,\"selection\":[3,7],\"looks\":["
            + "{\"n\":100,\"votes\":[60,40],\"alphaA\":0.001,\"alphaB\":0},{\"n\":200,\"votes\":[120,80],\"alphaA\":0.0006,\"alphaB\":0.0004}],"
            + "\"draws\":200,\"lowerBound\":0.25,\"upperBound\":0.75,\"radius\":0,\"seconds\":1.5}",
            CertificateLog.ToLine(certificate));
        Assert.Equal(certificate.Looks, CertificateLog.ParseLine(CertificateLog.ToLine(certificate)).Looks);
    }

    [Fact]
    public void A_line_of_version_1_is_read_and_written_again_as_it_was()
    {
        Certificate read = CertificateLog.ParseLine(FirstVersion);

        Assert.Equal(new Look(100, 40, 0.001), Assert.Single(read.Looks));
        Assert.Equal((null, null, null), (read.Looks[0].Votes, read.Looks[0].Rival, read.UpperBound));
        Assert.Equal(FirstVersion, CertificateLog.ToLine(read));
    }

    [Fact]
    public void Votes_of_more_than_a_hundred_classes_are_written_only_where_there_are_any()
    {
        int[] selection = new int[101], votes = new int[101];
        (selection[7], votes[7], votes[100]) = (10, 90, 10);
        var certificate = new Certificate(0, null, null, selection, [new Look(votes, 7, 0.001, 0)], 100, 0, 0, 1);

        string line = CertificateLog.ToLine(certificate);

        Assert.Contains("\"votes\":{\"7\":90,\"100\":10}", line, StringComparison.Ordinal);
        Assert.Equal(certificate.Looks, CertificateLog.ParseLine(line).Looks);
    }

    [Theory]
    [InlineData("{\"n\":100}")]
    [InlineData("{\"n\":100,\"k\":40}")]
    [InlineData("{\"n\":100,\"k\":40,\"alpha\":0.001,\"votes\":[60,40],\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":[60,40],\"alphaA\":0.001}")]
    [InlineData("{\"n\":100,\"votes\":[60,41],\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":[110,-10],\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":[60,30,10],\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":[2147483647,2147483647],\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":{\"0\":60,\"2\":40},\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":{\"-1\":60,\"1\":40},\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":{\"x\":100},\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":\"60,40\",\"alphaA\":0.001,\"alphaB\":0}")]
    [InlineData("{\"n\":100,\"votes\":null,\"alphaA\":0.001,\"alphaB\":0}")]
    public void A_look_of_neither_version_is_refused(string look)
    {
        string line = FirstVersion.Replace("{\"n\":100,\"k\":40,\"alpha\":0.001}", look, StringComparison.Ordinal);

        Assert.Throws<CertiPureException>(() => CertificateLog.ParseLine(line));
    }

    [Fact]
    public void A_certificate_survives_its_line_bit_for_bit()
    {
        Certificate written = Samples.Certificate(20);

        Certificate read = CertificateLog.ParseLine(CertificateLog.ToLine(written));

        Assert.Equal(CertificateLog.ToLine(written), CertificateLog.ToLine(read));
        Assert.Equal(written.Radius, read.Radius);
        Assert.Equal(written.LowerBound, read.LowerBound);
    }

    [Fact]
    public void Each_certificate_is_on_disk_as_soon_as_it_is_written()
    {
        using CertificateLog log = CertificateLog.Append(LogPath);
        log.Write(Samples.Certificate(0));

        Assert.Equal([0], CertificateLog.Read(LogPath).Select(c => c.Id));
    }

    [Fact]
    public void Whatever_the_byte_at_which_a_write_was_torn_the_whole_lines_before_it_are_kept()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0, 3).Select(id => CertificateLog.ToLine(Samples.Certificate(id)) + "\n")));
        int[] lineEnds = [.. whole.Index().Where(b => b.Item == '\n').Select(b => b.Index + 1)];

        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            int expected = lineEnds.Count(end => end <= length);

            Assert.Equal(expected, CertificateLog.Read(LogPath).Count);
        }
    }

    [Fact]
    public void Appending_after_a_torn_line_leaves_no_trace_of_it()
    {
        string first = CertificateLog.ToLine(Samples.Certificate(0)) + "\n";
        string second = CertificateLog.ToLine(Samples.Certificate(20));
        File.WriteAllText(LogPath, first + second[..^5]);

        using (CertificateLog log = CertificateLog.Append(LogPath))
        {
            log.Write(Samples.Certificate(20));
        }

        Assert.Equal(first + second + "\n", File.ReadAllText(LogPath));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"id\":1,\"id\":2,\"label\":null,\"predicted\":null,\"selection\":[],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":null,\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[],\"looks\":[null],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[],\"looks\":[],\"draws\":1,\"lowerBound\":NaN,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1e9999,\"label\":null,\"predicted\":null,\"selection\":[],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0,\"more\":1}")]
    [InlineData("{\"id\":-1,\"label\":null,\"predicted\":null,\"selection\":[1],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[2147483647,1],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[-1,2],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[1],\"looks\":[],\"draws\":-1,\"lowerBound\":0,\"radius\":0,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[1],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":1e30,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[1],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":-1,\"seconds\":0}")]
    [InlineData("{\"id\":1,\"label\":null,\"predicted\":null,\"selection\":[1],\"looks\":[],\"draws\":1,\"lowerBound\":0,\"radius\":0,\"seconds\":1e300}")]
    public void A_malformed_whole_line_is_named_by_its_number(string line)
    {
        File.WriteAllText(LogPath, CertificateLog.ToLine(Samples.Certificate(0)) + "\n" + line + "\n");

        var error = Assert.Throws<CertiPureException>(() => CertificateLog.Read(LogPath));

        Assert.StartsWith($"Line 2 of {LogPath} is not a certificate", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Deep_nesting_is_refused_without_exhausting_the_stack()
    {
        File.WriteAllText(LogPath, new string('[', 1 << 20) + "\n");

        Assert.Throws<CertiPureException>(() => CertificateLog.Read(LogPath));
    }

    [Fact]
    public void An_endless_line_is_refused()
    {
        using (FileStream stream = File.Create(LogPath))
        {
            stream.SetLength(20 << 20);
        }

        Assert.Contains("longer than", Assert.Throws<CertiPureException>(() => CertificateLog.Read(LogPath)).Message, StringComparison.Ordinal);
    }
}
