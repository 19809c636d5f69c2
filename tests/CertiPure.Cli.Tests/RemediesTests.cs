using System.CommandLine;
using System.Text.RegularExpressions;

namespace CertiPure.Cli.Tests;

public sealed partial class RemediesTests
{
    private static readonly Command[] Verbs = [.. CommandLine.Verbs(new Terminal(TextWriter.Null, TextWriter.Null, live: false))];

    public static TheoryData<ErrorReason> Reasons => [.. Enum.GetValues<ErrorReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_kind_of_error_ends_with_a_code_and_names_only_options_that_exist(ErrorReason reason)
    {
        var error = new CertiPureException("It went wrong.", reason);
        string sentence = Remedies.Describe(error);

        Assert.NotEqual(ExitCode.Success, Remedies.CodeOf(error));
        Assert.StartsWith("It went wrong", sentence, StringComparison.Ordinal);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        string[] options = [.. Verbs.SelectMany(Options)];
        Assert.All(Option().Matches(sentence), option => Assert.Contains(option.Value, options));
        Assert.All(Verb().Matches(sentence), verb => Assert.Contains(verb.Groups[1].Value, Verbs.Select(known => known.Name)));
    }

    private static IEnumerable<string> Options(Command verb) =>
        verb.Options.Select(option => option.Name).Concat(verb.Subcommands.SelectMany(Options));

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex("certipure ([a-z]+)")]
    private static partial Regex Verb();
}
