using System.Text.RegularExpressions;

namespace CertiPure.Cli.Tests;

/// <summary>Every table of measured certified accuracy in a document is what its command makes of the run folders under
/// <c>results/</c>: the comment before the table names the command, and the comment after it ends the table.</summary>
public sealed partial class ResultsTests
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    public static TheoryData<string, string, string> Tables()
    {
        var tables = new TheoryData<string, string, string>();
        foreach (string document in (string[])["README.md", .. MarkdownIn("docs"), .. MarkdownIn("models")])
        {
            foreach (Match match in Table().Matches(File.ReadAllText(Path.Combine(Root, document)).ReplaceLineEndings("\n")))
            {
                tables.Add(document, match.Groups["command"].Value, match.Groups["table"].Value.Trim('\n'));
            }
        }

        return tables;
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_table_is_what_its_command_prints(string document, string command, string table)
    {
        string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Expand)];

        string printed = (await CommandResult.Of(words)).Succeeded();

        Assert.True(
            printed.Trim('\n') == table,
            $"{document} does not show what `certipure {command}` prints, which is:\n{printed}");
    }

    [Fact]
    public async Task Every_run_under_results_passes_verification()
    {
        string[] runs = [.. Directory.EnumerateFiles(Path.Combine(Root, "results"), "manifest.json", SearchOption.AllDirectories)];
        Assert.NotEmpty(runs);
        foreach (string run in runs)
        {
            (await CommandResult.Of("verify", Path.GetDirectoryName(run)!)).Succeeded();
        }
    }

    /// <summary>Does what a shell does with <c>results/models/none-*</c>.</summary>
    private static IEnumerable<string> Expand(string word)
    {
        if (!word.StartsWith("results/", StringComparison.Ordinal))
        {
            return [word];
        }

        string path = Path.Combine(Root, word);
        return File.Exists(path)
            ? [path]
            : Directory.EnumerateDirectories(Path.GetDirectoryName(path)!, Path.GetFileName(path)).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> MarkdownIn(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"<!-- certipure (?<command>[^>]+?) -->\n(?<table>.*?)\n<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Table();

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
