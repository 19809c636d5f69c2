namespace CertiPure.Cli.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> VerbNames =>
        [.. CommandLine.Verbs(new Terminal(TextWriter.Null, TextWriter.Null, live: false)).Select(verb => verb.Name)];

    [Theory]
    [MemberData(nameof(VerbNames))]
    public async Task Every_verb_explains_itself_and_gives_an_example_of_itself(string verb)
    {
        string help = (await CommandResult.Of(verb, "--help")).Succeeded();
        Assert.Contains($"certipure {verb}", help, StringComparison.Ordinal);
        string example = help[help.IndexOf("Example:", StringComparison.Ordinal)..];
        Assert.Contains($"certipure {verb}", example, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(VerbNames))]
    public void The_example_of_every_verb_parses(string verb)
    {
        var found = CommandLine.Verbs(new Terminal(TextWriter.Null, TextWriter.Null, live: false)).Single(v => v.Name == verb);
        foreach (string line in found.Example.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(["certipure", verb], words[..2]);
            Assert.Empty(found.Parse(words[2..]).Errors);
        }
    }

    [Fact]
    public async Task Without_a_verb_the_help_lists_all_of_them()
    {
        CommandResult result = await CommandResult.Of();
        Assert.Equal((int)ExitCode.Usage, result.ExitCode);
        Assert.All(VerbNames, verb => Assert.Contains(verb, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_printed() =>
        Assert.StartsWith("0.", (await CommandResult.Of("--version")).Succeeded(), StringComparison.Ordinal);

    [Theory]
    [InlineData("certfy", "certfy", "certipure --help")]
    [InlineData("bound --sucesses 1", "--sucesses", "certipure bound --help")]
    [InlineData("merge a", "--out", "certipure merge --help")]
    public async Task A_command_that_does_not_parse_is_answered_in_one_sentence(string line, string word, string help) =>
        (await CommandResult.Of(line.Split(' '))).Refused(ExitCode.Usage, word, help);
}
