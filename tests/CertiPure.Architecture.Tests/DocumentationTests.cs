using System.Text.RegularExpressions;

namespace CertiPure.Architecture.Tests;

public sealed partial class DocumentationTests
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    [Fact]
    public void The_readme_shows_the_sample_as_it_is_compiled() =>
        Assert.Contains(
            Read("samples/CertifyOnnx/Program.cs").Trim(), Read("README.md"), StringComparison.Ordinal);

    [Theory]
    [InlineData("docs/method.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Every_source_file_that_a_document_names_exists(string document)
    {
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))];
        string[] named = [.. SourceFile().Matches(Read(document)).Select(match => match.Value)];

        Assert.All(named, name => Assert.Contains(sources, source => source == name || source.EndsWith("/" + name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_link_of_a_document_leads_to_a_file()
    {
        foreach (string document in Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md")))
        {
            string folder = Path.GetDirectoryName(document)!;
            foreach (Match match in Link().Matches(File.ReadAllText(document)))
            {
                string target = Path.Combine(folder, match.Groups[1].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{document} links to {match.Groups[1].Value}.");
            }
        }
    }

    [GeneratedRegex(@"[A-Za-z/.]*\w+\.cs\b")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex Link();

    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
