using System.Text.Json;
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
    public void A_run_may_have_millions_of_images() =>
        Assert.Equal(3_000_000, ImageIdsConverter.Parse("0..2999999").Length);

    [Theory]
    [InlineData("0..20000000")]
    [InlineData("0..19999999,20000000")]
    public void More_images_than_any_data_set_has_are_refused(string text) =>
        Assert.Throws<JsonException>(() => ImageIdsConverter.Parse(text));

    [Fact]
    public void Any_ascending_ids_survive()
    {
        Gen.Int[0, 60].HashSet[0, 40].Select(ids => ids.Order().ToArray())
            .Sample(ids => ImageIdsConverter.Parse(ImageIdsConverter.Format(ids)).SequenceEqual(ids));
    }
}
