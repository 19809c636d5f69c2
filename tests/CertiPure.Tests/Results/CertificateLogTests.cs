using System.Text;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class CertificateLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogPath => _folder["certificates.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_has_exactly_the_documented_keys_in_their_order()
    {
        var certificate = new Certificate(20, null, null, [3, 7], [new Look(100, 40, 0.001)], 100, 0.25, 0, 1.5);

        Assert.Equal(
            "{\"id\":20,\"label\":null,\"predicted\":null,\"selection\":[3,7],\"looks\":[{\"n\":100,\"k\":40,\"alpha\":0.001}],"
            + "\"draws\":100,\"lowerBound\":0.25,\"radius\":0,\"seconds\":1.5}",
            CertificateLog.ToLine(certificate));
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
