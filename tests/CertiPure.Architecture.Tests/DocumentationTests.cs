using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Architecture.Tests;

public sealed partial class DocumentationTests
{
    private static readonly string Root = ProductSources.Root;

    public static TheoryData<string> Documents =>
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md"))
            .Select(path => Path.GetRelativePath(Root, path)),
    ];

    /// <summary>One sample is built with the solution, the other from the packages by the long test of the command line.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_sample_that_a_document_shows_is_one_that_is_compiled(string document)
    {
        string[] compiled = [.. Directory.EnumerateFiles(Path.Combine(Root, "samples"), "Program.cs", SearchOption.AllDirectories)
            .Select(path => File.ReadAllText(path).ReplaceLineEndings("\n").Trim())];
        Assert.All(Sample().Matches(Read(document)), match => Assert.Contains(match.Groups[1].Value.Trim(), compiled));
    }

    [Fact]
    public void The_readme_shows_a_sample() => Assert.Matches(Sample(), Read("README.md"));

    [Theory]
    [InlineData("docs/method.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Every_source_file_that_a_document_names_exists(string document)
    {
        string[] sources = [.. ((string[])["src", "tests"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))];
        string[] named = [.. SourceFile().Matches(Read(document)).Select(match => match.Value)];

        Assert.All(named, name => Assert.Contains(sources, source => source == name || source.EndsWith("/" + name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_walk_through_the_files_has_at_most_12()
    {
        int[] steps = [.. Step().Matches(Read("docs/architecture.md")).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2, steps.Count(step => step == 1));
        Assert.InRange(steps.Max(), 1, 12);
    }

    [Fact]
    public void Every_link_of_a_document_leads_to_a_file()
    {
        foreach (string document in Documents.Select(row => Path.Combine(Root, row.Data)))
        {
            string folder = Path.GetDirectoryName(document)!;
            foreach (Match match in Link().Matches(File.ReadAllText(document)))
            {
                string target = Path.Combine(folder, match.Groups[1].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{document} links to {match.Groups[1].Value}.");
            }
        }
    }

    [Theory]
    [InlineData(typeof(RunManifest))]
    [InlineData(typeof(Experiment))]
    [InlineData(typeof(DataIdentity))]
    [InlineData(typeof(PurifierIdentity))]
    [InlineData(typeof(ClassifierIdentity))]
    [InlineData(typeof(RoutingIdentity))]
    [InlineData(typeof(EngineIdentity))]
    [InlineData(typeof(CleanImages))]
    [InlineData(typeof(ProbeOutcome))]
    [InlineData(typeof(RunEnvironment))]
    [InlineData(typeof(Certificate))]
    [InlineData(typeof(CertificateDocument))]
    [InlineData(typeof(CertificateSeal))]
    public void Every_member_of_the_files_is_named_where_their_formats_are_described(Type type)
    {
        string formats = Read("docs/formats.md");
        // What can be set is what is written; the rest is derived.
        Assert.All(
            type.GetProperties().Where(property => property.SetMethod is not null).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)),
            member => Assert.Matches($"[`\"]{member}[`\"]", formats));
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"[A-Za-z/.]*\w+\.cs\b")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex Link();

    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");
}
