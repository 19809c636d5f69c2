using CertiPure.Server.Certification;

namespace CertiPure.Server.Tests.Certification;

public sealed class CertificateWordsTests
{
    [Theory]
    [InlineData(0, "too small to see")]
    [InlineData(3, "too small to see")]
    [InlineData(4, "hard to see")]
    [InlineData(16, "visible")]
    [InlineData(255, "visible")]
    public void A_change_is_said_to_be_visible_where_an_eye_sees_it(int levels, string words) =>
        Assert.Equal(words, CertificateWords.Visibility(levels));

    [Theory]
    [InlineData(0.03, "at most 0.13 of 255 grey levels (less than one)")]
    [InlineData(1.0, "at most 4.6 of 255 grey levels,")]
    [InlineData(4.0, "at most 18 of 255 grey levels,")]
    public void A_small_change_is_never_written_as_none(double radius, string words) =>
        Assert.Contains(words, CertificateWords.Meaning(radius, 3 * 32 * 32), StringComparison.Ordinal);
}
