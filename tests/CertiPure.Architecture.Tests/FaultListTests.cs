using System.Text.RegularExpressions;

namespace CertiPure.Architecture.Tests;

/// <summary>The faults of <c>tests/mutants/faults</c> can be made in the sources as they are.</summary>
public sealed partial class FaultListTests
{
    [Fact]
    public void Every_fault_changes_one_place_of_its_file_is_given_to_tests_that_exist_and_has_a_row_of_the_table()
    {
        MatchCollection faults = Fault().Matches(File.ReadAllText(Path.Combine(ProductSources.Root, "tests/mutants/faults")).ReplaceLineEndings("\n"));
        Assert.NotEmpty(faults);
        string table = File.ReadAllText(Path.Combine(ProductSources.Root, "CONTRIBUTING.md"));
        foreach (Match fault in faults)
        {
            string source = File.ReadAllText(Path.Combine(ProductSources.Root, fault.Groups["file"].Value));
            Assert.All(fault.Groups["old"].Captures, old => Assert.Equal(2, source.Split(old.Value).Length));
            string[] files = [.. Directory.EnumerateFiles(
                Path.Combine(ProductSources.Root, "tests", fault.Groups["project"].Value), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileName)!];
            Assert.All(fault.Groups["tests"].Value.Split(' '), tests => Assert.Contains(tests + ".cs", files));
            Assert.Contains($"| {fault.Groups["name"].Value.Replace("|", "\\|", StringComparison.Ordinal)} |", table, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("^fault (?<name>.+)\nfile (?<file>.+)\n(?:old (?<old>.+)\nnew .+\n)+tests (?<project>\\S+) (?<tests>.+)$", RegexOptions.Multiline)]
    private static partial Regex Fault();
}
