using CertiPure.Images;

namespace CertiPure.Tests.Images;

public sealed class ImageSelectionTests
{
    [Theory]
    [InlineData("every:20", 100, new[] { 0, 20, 40, 60, 80 })]
    [InlineData("0..6:2", 100, new[] { 0, 2, 4, 6 })]
    [InlineData("0..7:2", 100, new[] { 0, 2, 4, 6 })]
    [InlineData("97..99", 100, new[] { 97, 98, 99 })]
    [InlineData("5..5", 100, new[] { 5 })]
    [InlineData("3,7", 100, new[] { 3, 7 })]
    [InlineData("7, 3, 7, 2..4", 100, new[] { 2, 3, 4, 7 })]
    [InlineData("all", 3, new[] { 0, 1, 2 })]
    [InlineData("every:1000", 3, new[] { 0 })]
    public void A_selection_is_read_and_gives_ascending_ids(string text, int count, int[] expected) =>
        Assert.Equal(expected, ImageSelection.Parse(text).Resolve(count));

    [Theory]
    [InlineData("")]
    [InlineData("every:0")]
    [InlineData("every:-1")]
    [InlineData("every:")]
    [InlineData("5..3")]
    [InlineData("1..")]
    [InlineData("..1")]
    [InlineData("1..2..3")]
    [InlineData("0..9:0")]
    [InlineData("0..9:2:3")]
    [InlineData("3:2")]
    [InlineData("-1")]
    [InlineData("1,,2")]
    [InlineData("cat")]
    [InlineData("99999999999")]
    public void What_is_no_selection_is_refused(string text) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => ImageSelection.Parse(text)).Reason);

    [Theory]
    [InlineData("0..100", 100)]
    [InlineData("100", 100)]
    [InlineData("all", 0)]
    public void Ids_beyond_the_data_set_are_refused(string text, int count) =>
        Assert.Throws<CertiPureException>(() => ImageSelection.Parse(text).Resolve(count));

    [Fact]
    public void The_last_possible_id_does_not_overflow() =>
        Assert.Equal([2147483646], ImageSelection.Parse("2147483646").Resolve(int.MaxValue));
}
