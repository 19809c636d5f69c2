using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

public sealed class FixtureParityTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Every_fixture_of_a_known_kind_agrees_with_its_reference()
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_FIXTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_FIXTURES names no folder of fixtures.");
        string[] folders = [.. Directory.GetDirectories(root!).Order(StringComparer.Ordinal)];
        IFixtureCheck[] checks = FindChecks();
        var disagreements = new List<string>();
        int agreed = 0;
        foreach (string folder in folders)
        {
            using var fixture = new Fixture(folder);
            IFixtureCheck? check = checks.SingleOrDefault(candidate => candidate.Recognises(fixture));
            if (check is null)
            {
                Say($"  {fixture.Name}: not checked, no check knows its reference: {fixture.Reference}");
                continue;
            }

            bool? agrees = Agrees(check, fixture, out string verdict);
            if (agrees == true)
            {
                agreed++;
            }
            else if (agrees == false)
            {
                disagreements.Add($"{fixture.Name}: {verdict}");
            }

            Say($"  {fixture.Name}: {verdict}");
        }

        Say($"fixtures checked: {agreed + disagreements.Count} of {folders.Length}");
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "fixtures.txt"), _lines);
        Assert.Empty(disagreements);
        Assert.True(agreed > 0, $"No fixture of {root} was checked.");
    }

    [SuppressMessage("Design", "CA1031", Justification = "One broken fixture must not hide the verdict on the others.")]
    private static bool? Agrees(IFixtureCheck check, Fixture fixture, out string verdict)
    {
        try
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            FixtureComparison[] comparisons = [.. check.Compare(fixture)];
            FixtureComparison worst = comparisons.MaxBy(comparison => comparison.Error)!;
            bool agrees = comparisons.All(comparison => comparison.Error <= check.Tolerance(fixture));
            verdict = string.Create(
                CultureInfo.InvariantCulture,
                $"{(agrees ? "agrees" : "DISAGREES")}, {comparisons.Length} outputs, largest error {worst.Error:0.0e+0} of the "
                + $"largest magnitude at {worst.Output}, tolerance {check.Tolerance(fixture):0.0e+0}");
            return agrees;
        }
        catch (Xunit.Sdk.SkipException skip)
        {
            // Some fixtures need real data beside them, such as the heads of LPIPS.
            verdict = "not checked, " + skip.Message.Replace("$XunitDynamicSkip$", string.Empty, StringComparison.Ordinal);
            return null;
        }
        catch (Exception exception)
        {
            verdict = "FAILED, " + exception.Message;
            return false;
        }
    }

    private static IFixtureCheck[] FindChecks() =>
    [
        .. typeof(IFixtureCheck).Assembly.GetTypes()
            .Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(IFixtureCheck)))
            .Select(type => (IFixtureCheck)Activator.CreateInstance(type)!),
    ];

    // Straight to the console, because a runner shows a passing test's own output nowhere.
    /// <summary>To the console, and to a file because a test run shows no output of tests that pass.</summary>
    private void Say(string line)
    {
        Console.Out.WriteLine(line);
        _lines.Add(line);
    }
}
