using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Cli.Tests.Deployment;

namespace CertiPure.Cli.Tests;

/// <summary>An auditor in another language, written from docs/formats.md alone with Python's standard library alone, comes to the same
/// noise, bounds and radii.</summary>
public sealed class AuditorTests : IDisposable
{
    private static readonly string? Python =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "python.exe" : "python3")).FirstOrDefault(File.Exists);

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_page_of_formats_is_enough_to_draw_the_noise_bit_by_bit()
    {
        (int exitCode, string output) = await AuditAsync("--vectors", Path.Combine(Script.Root, "docs", "formats.md"));
        Assert.Contains(" test vectors, 0 differ", output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("fashion-mnist/lpips-0.5")]
    [InlineData("cifar10/consistency-1")]
    [InlineData("cifar10-n10000/joint-0.5")]
    public async Task Every_bound_and_radius_of_a_committed_run_is_confirmed(string run)
    {
        (int exitCode, string output) = await AuditAsync(Path.Combine([Script.Root, "results", .. run.Split('/')]));
        Assert.Matches("[0-9]+ certificates of format version [12], 0 objections", output);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("fixed")]
    [InlineData("staged")]
    public async Task A_run_of_today_is_confirmed_and_a_changed_one_is_not(string plan)
    {
        (await CommandResult.Of(_bench.Certify(("--plan", plan), ("--radii", "0,0.1,0.2"), ("--n", "400")))).Succeeded();
        Assert.Contains("version 2, 0 objections", (await AuditAsync(_bench.Run)).Output, StringComparison.Ordinal);

        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        string[] lines = File.ReadAllLines(log);
        int claim = Array.FindIndex(lines, line => !line.Contains("\"predicted\":null", StringComparison.Ordinal));
        foreach (string member in (string[])["lowerBound", "radius"])
        {
            // More than the votes give, in the eleventh place.
            File.WriteAllLines(log, lines.Select((line, i) => i != claim ? line : Regex.Replace(line, $"(?<=\"{member}\":)[0-9.E-]+", number =>
                (double.Parse(number.Value, CultureInfo.InvariantCulture) + 1e-11).ToString("R", CultureInfo.InvariantCulture))));
            (int exitCode, string output) = await AuditAsync(_bench.Run);
            Assert.Contains($"image {claim}: {(member == "radius" ? "radius" : "lowerBound")}", output, StringComparison.Ordinal);
            Assert.Equal(1, exitCode);
        }
    }

    private static async Task<(int ExitCode, string Output)> AuditAsync(params string[] arguments)
    {
        Assert.SkipWhen(Python is null, "python3 is not in the path.");
        var start = new ProcessStartInfo(Python, [Path.Combine(Script.Root, "samples", "Auditor", "audit.py"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await errors);
        return (process.ExitCode, output);
    }
}
