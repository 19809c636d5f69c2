using System.Text.Json;

namespace CertiPure.Cli.Tests.Verbs;

public sealed class BoundVerbTests
{
    [Fact]
    public async Task All_of_ten_thousand_give_the_ceiling_of_the_fixed_budget()
    {
        // p = alpha^(1/n), radius = sigma * PhiInv(p): 3.199 sigma for n = 10,000 at alpha 0.001.
        JsonElement result = await Json("--successes", "10000", "--trials", "10000", "--sigma", "0.5");
        Assert.Equal(Math.Pow(0.001, 1e-4), result.GetProperty("lowerBound").GetDouble(), 1e-12);
        Assert.Equal(3.199 * 0.5, result.GetProperty("radius").GetDouble(), 1e-3);
        Assert.False(result.GetProperty("abstains").GetBoolean());
    }

    [Fact]
    public async Task A_minority_abstains_with_radius_0()
    {
        JsonElement result = await Json("-k", "51", "-n", "100", "--sigma", "1");
        Assert.True(result.GetProperty("abstains").GetBoolean());
        Assert.Equal(0, result.GetProperty("radius").GetDouble());
        string text = (await CommandResult.Of("bound", "-k", "51", "-n", "100")).Succeeded();
        Assert.Contains("abstain", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_sigma_there_is_no_radius()
    {
        JsonElement result = await Json("-k", "90", "-n", "100");
        Assert.Equal(JsonValueKind.Null, result.GetProperty("radius").ValueKind);
    }

    [Fact]
    public async Task The_sentence_names_the_radius_in_full()
    {
        JsonElement result = await Json("-k", "480", "-n", "500", "--sigma", "0.5");
        string text = (await CommandResult.Of("bound", "-k", "480", "-n", "500", "--sigma", "0.5")).Succeeded();
        Assert.Contains(result.GetProperty("radius").GetRawText(), text, StringComparison.Ordinal);
        Assert.Contains("0.999", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Votes_of_several_classes_certify_one_below_one_half_and_are_set_beside_the_first_class_s_alone()
    {
        JsonElement result = await Json("--votes", "450,200,180,170", "--sigma", "0.5");
        Assert.False(result.GetProperty("abstains").GetBoolean());
        Assert.InRange(result.GetProperty("lowerBound").GetDouble(), 0.39, 0.4);
        Assert.InRange(result.GetProperty("upperBound").GetDouble(), 0.24, 0.25);
        Assert.InRange(result.GetProperty("radius").GetDouble(), 0.1, 0.12);
        Assert.Equal(0, result.GetProperty("topRadius").GetDouble());
        string text = (await CommandResult.Of("bound", "--votes", "450,200,180,170", "--sigma", "0.5")).Succeeded();
        Assert.Contains("it wins without a majority", text, StringComparison.Ordinal);
        Assert.Contains(result.GetProperty("radius").GetRawText(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_classes_give_what_the_successes_give()
    {
        JsonElement votes = await Json("--votes", "480,20", "--sigma", "0.5");
        JsonElement successes = await Json("-k", "480", "-n", "500", "--sigma", "0.5");
        Assert.Equal(successes.GetProperty("radius").GetRawText(), votes.GetProperty("radius").GetRawText());
    }

    [Fact]
    public async Task A_tiny_alpha_never_reads_as_certainty()
    {
        string text = (await CommandResult.Of("bound", "-k", "1000", "-n", "1000", "--alpha", "1e-30")).Succeeded();
        Assert.Contains("With probability at least 1 - 1E-30 over", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--votes 1,x", "'x'")]
    [InlineData("--votes -1,5", "'-1'")]
    [InlineData("--votes 0,0", "sum to 0")]
    [InlineData("--votes 2147483647,1", "sum to 2147483648")]
    [InlineData("--votes 3,1 -k 3", "--votes")]
    [InlineData("--votes 3,1 -n 5", "--votes")]
    [InlineData("-k 5 -n 4", "5 successes of 4 trials")]
    [InlineData("-k -1 -n 4", "-1 successes")]
    [InlineData("-k 0 -n 0", "0 trials")]
    [InlineData("-k 3 -n 4 --alpha 0", "--alpha 0")]
    [InlineData("-k 3 -n 4 --alpha 1", "--alpha 1")]
    [InlineData("-k 3 -n 4 --alpha NaN", "--alpha 'NaN' is not a finite number")]
    [InlineData("-k 3 -n 4 --alpha 1e-300", "--alpha 1E-300")]
    [InlineData("-k 3 -n 4 --sigma 0", "--sigma 0")]
    [InlineData("-k 3 -n 4 --sigma -0.5", "--sigma -0.5")]
    [InlineData("-k 3 -n 4 --sigma Infinity", "--sigma 'Infinity' is not a finite number")]
    [InlineData("-k 3", "--trials")]
    [InlineData("-k three -n 4", "three")]
    [InlineData("-k 3000000000 -n 4", "3000000000")]
    public async Task Impossible_numbers_are_refused(string arguments, string word) =>
        (await CommandResult.Of(["bound", .. arguments.Split(' ')])).Refused(ExitCode.Usage, word);

    private static async Task<JsonElement> Json(params string[] arguments) =>
        JsonDocument.Parse((await CommandResult.Of(["bound", .. arguments, "--json"])).Succeeded()).RootElement;
}
