using CertiPure.Results;
using CsCheck;

namespace CertiPure.Tests.Results;

public sealed class ImageIdsTests
{
    [Theory]
    [InlineData("0..9980:20")]
    [InlineData("0..4")]
    [InlineData("3,7")]
    [InlineData("5")]
    [InlineData("0..4,9,20..40:10")]
    public void Ids_are_written_as_they_were_read(string text)
    {
        Assert.Equal(text, ImageIdsConverter.Format(ImageIdsConverter.Parse(text)));
    }

    [Fact]
    public void Any_ascending_ids_survive()
    {
        Gen.Int[0, 60].HashSet[0, 40].Select(ids => ids.Order().ToArray())
            .Sample(ids => ImageIdsConverter.Parse(ImageIdsConverter.Format(ids)).SequenceEqual(ids));
    }
}
