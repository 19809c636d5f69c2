namespace CertiPure.Tests;

public sealed class ChoiceTests
{
    [Fact]
    public void A_word_and_its_value_lead_to_each_other() =>
        Assert.All(Enum.GetValues<Precision>(), value => Assert.Equal(value, Choice.Parse<Precision>(Choice.Word(value), "precision")));

    [Theory]
    [InlineData("BF16")]
    [InlineData("Bf16")]
    [InlineData("bf16 ")]
    [InlineData("1")]
    [InlineData("")]
    public void Another_word_is_refused_with_the_known_ones(string word)
    {
        var refusal = Assert.Throws<CertiPureException>(() => Choice.Parse<Precision>(word, "precision"));

        Assert.Equal(ErrorReason.InvalidArgument, refusal.Reason);
        Assert.Contains($"no precision '{word}'; choose fp32 or bf16", refusal.Message, StringComparison.Ordinal);
    }
}
