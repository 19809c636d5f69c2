using System.CommandLine.Completions;
using CertiPure.Cli.Verbs;
using CertiPure.Tests;

namespace CertiPure.Cli.Tests;

public sealed class CommandLineTests
{
    private static readonly Verb[] Verbs = [.. CommandLine.Verbs(new Terminal(TextWriter.Null, TextWriter.Null, live: false))];

    public static TheoryData<string> VerbNames =>
        [.. Verbs.SelectMany(verb => verb.Subcommands.Select(part => $"{verb.Name} {part.Name}").Prepend(verb.Name))];

    /// <summary>The command, its verbs, and each training that has a help of its own.</summary>
    public static TheoryData<string> Helps =>
    [
        .. VerbNames.Select(row => $"certipure {row.Data}").Prepend("certipure"),
        .. Verbs.Where(verb => verb is TrainVerb or FinetuneVerb).SelectMany(verb => verb.Arguments[0]
            .GetCompletions(CompletionContext.Empty).Select(what => $"certipure {verb.Name} {what.Label}")),
    ];

    [Theory]
    [MemberData(nameof(VerbNames))]
    public async Task Every_verb_explains_itself_and_gives_an_example_of_itself(string verb)
    {
        string help = (await CommandResult.Of([.. verb.Split(' '), "--help"])).Succeeded();
        Assert.Contains($"certipure {verb}", help, StringComparison.Ordinal);
        string example = help[help.IndexOf("Example:", StringComparison.Ordinal)..];
        Assert.Contains($"certipure {verb}", example, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Helps))]
    public async Task The_help_is_the_approved_one(string command) => ApprovedText.Check(
        command.Replace(' ', '-'), (await CommandResult.Of([.. command.Split(' ').Skip(1), "--help"])).Succeeded());

    [Theory]
    [MemberData(nameof(VerbNames))]
    public void The_example_of_every_verb_parses(string verb)
    {
        string[] names = verb.Split(' ');
        Verb top = Verbs.Single(one => one.Name == names[0]);
        Verb found = names.Length == 1 ? top : top.Subcommands.OfType<Verb>().Single(part => part.Name == names[1]);
        foreach (string line in found.Example.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(["certipure", .. names], words[..(1 + names.Length)]);
            Assert.Empty(top.Parse(words[2..]).Errors);
        }
    }

    [Theory]
    [InlineData("train edm", "cifar10-paper, cifar10-small, fashion-mnist, imagenet64-paper, large, medium, small,", "--from", "--lpips-heads")]
    [InlineData("train selector", "cifar10-small, fashion-mnist,", "--purifier", "--from")]
    [InlineData("finetune joint", "cifar10-small, fashion-mnist,", "--classifier-out", "--loss")]
    [InlineData("finetune consistency", "cifar10-paper, cifar10-small,", "--loss", "--classifier-out")]
    public async Task The_help_of_a_training_has_its_presets_and_the_options_that_it_takes(string verb, string presets, string taken, string other)
    {
        string help = (await CommandResult.Of([.. verb.Split(' '), "--help"])).Succeeded();
        string options = help[..help.IndexOf("Example:", StringComparison.Ordinal)];

        Assert.Contains(presets, options, StringComparison.Ordinal);
        Assert.Contains($"\n  {taken} ", options, StringComparison.Ordinal);
        Assert.DoesNotContain($"\n  {other} ", options, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_verb_the_help_lists_all_of_them()
    {
        CommandResult result = await CommandResult.Of();
        Assert.Equal((int)ExitCode.Usage, result.ExitCode);
        Assert.All(Verbs, verb => Assert.Contains(verb.Name, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_printed() =>
        Assert.StartsWith("0.", (await CommandResult.Of("--version")).Succeeded(), StringComparison.Ordinal);

    [Theory]
    [InlineData("certfy", "certfy", "certipure --help")]
    [InlineData("bound --sucesses 1", "--sucesses", "certipure bound --help")]
    [InlineData("merge a", "--out", "certipure merge --help")]
    [InlineData("report runs/a --comapre", "--comapre", "certipure report --help")]
    [InlineData("verify --repaly", "--repaly", "certipure verify --help")]
    [InlineData("metrics fid a b --draws 3", "--draws", "certipure metrics fid --help")]
    public async Task A_command_that_does_not_parse_is_answered_in_one_sentence(string line, string word, string help) =>
        (await CommandResult.Of(line.Split(' '))).Refused(ExitCode.Usage, word, help);
}
