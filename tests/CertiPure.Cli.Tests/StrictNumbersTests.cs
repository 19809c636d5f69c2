using System.CommandLine;

namespace CertiPure.Cli.Tests;

/// <summary>A new option gets the strict reading, or the start of the program fails.</summary>
public sealed class StrictNumbersTests
{
    /// <summary>Every option of every verb whose value is one number.</summary>
    public static TheoryData<string, string> Numbers =>
        [.. CommandLine.Verbs(new Terminal(TextWriter.Null, TextWriter.Null, live: false)).SelectMany(verb => Of(verb, verb.Name))];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task A_comma_is_refused_in_every_number_of_every_verb(string verb, string option) =>
        (await CommandResult.Of([.. verb.Split(' '), option, "0,5"])).Refused(ExitCode.Usage, $"{option} '0,5' is not a", "number");

    [Theory]
    [InlineData("--sigma", "0,5", "write 0.5")]
    [InlineData("--sigma", "1,000", "write 1000 or 1.000")]
    [InlineData("--sigma", "inf", "not a finite number")]
    [InlineData("--alpha", "NaN", "not a finite number")]
    [InlineData("--trials", "1e2", "write 100")]
    [InlineData("--trials", "1,000", "write 1000")]
    [InlineData("--sigma", "64", "64/255 = 0.251")]
    public async Task A_number_that_may_mean_another_is_refused_with_what_to_write(string option, string value, string words)
    {
        var options = new Dictionary<string, string> { ["--successes"] = "99", ["--trials"] = "100", ["--sigma"] = "0.5", [option] = value };
        (await CommandResult.Of(["bound", .. options.SelectMany(pair => (string[])[pair.Key, pair.Value])])).Refused(ExitCode.Usage, words);
    }

    [Fact]
    public async Task A_large_sigma_is_remarked_on_and_a_huge_one_taken_where_it_is_asked_for()
    {
        CommandResult large = await CommandResult.Of("bound", "-k", "99", "-n", "100", "--sigma", "3");
        large.Succeeded();
        Assert.Contains("3/255 = 0.012", large.Error, StringComparison.Ordinal);
        (await CommandResult.Of("bound", "-k", "99", "-n", "100", "--sigma", "30", "--allow-large-sigma")).Succeeded();
    }

    private static IEnumerable<(string Verb, string Option)> Of(Command command, string name) => command.Options
        .Where(option => (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is { IsPrimitive: true } type && type != typeof(bool))
        .Select(option => (name, option.Name))
        .Concat(command.Subcommands.SelectMany(below => Of(below, $"{name} {below.Name}")));
}
