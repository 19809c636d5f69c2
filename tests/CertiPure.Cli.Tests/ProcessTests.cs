using System.Diagnostics;
using CertiPure.Torch.Metrics;

namespace CertiPure.Cli.Tests;

/// <summary>Commands as processes of their own, which can be interrupted and killed.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_killed_run_resumes_to_the_bytes_of_an_undisturbed_one()
    {
        string[] command = _bench.Certify(("--images", "all"), ("--n", "2000"));
        using (Process process = await RunningCommand.StartAndAwaitLogAsync(_bench.Run, command))
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        int before = Workbench.WithoutTimes(_bench.Run).Length;
        Assert.InRange(before, 1, 29);
        (await CommandResult.Of(command)).Succeeded();
        (await CommandResult.Of(_bench.Certify(("--images", "all"), ("--n", "2000"), ("--out", _bench.At("whole"))))).Succeeded();
        Assert.Equal(Workbench.WithoutTimes(_bench.At("whole")), Workbench.WithoutTimes(_bench.Run));
    }

    [Fact]
    public async Task An_interrupt_exits_130_meanwhile_others_are_refused_and_the_run_goes_on_later()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Windows has no SIGINT for another process.");
        string[] command = _bench.Certify(("--images", "all"), ("--n", "10000"));
        using Process process = await RunningCommand.StartAndAwaitLogAsync(_bench.Run, command);

        (await CommandResult.Of(command)).Refused(ExitCode.Refused, "Another process");
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("continues where it stopped", error, StringComparison.Ordinal);
        (await CommandResult.Of(command)).Succeeded();
        Assert.Equal(30, Workbench.WithoutTimes(_bench.Run).Length);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("verify")]
    public async Task A_signal_ends_a_verb_that_waits_for_a_fifo(string verb)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no FIFO.");
        string fifo = _bench.At("fifo");
        using (Process make = Process.Start("mkfifo", fifo))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, verb, fifo])
        {
            RedirectStandardError = true,
        })!;
        // The other end opens only when the verb has opened this one; then it waits for content that never comes.
        await using FileStream writer = await Task.Run(
            () => new FileStream(fifo, FileMode.Open, FileAccess.Write), TestContext.Current.CancellationToken);
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("Interrupted", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_distance_of_two_files_of_statistics_needs_no_libtorch()
    {
        foreach ((string name, double mean) in (IEnumerable<(string, double)>)[("a", 0), ("b", 2)])
        {
            FeatureStatisticsFile.Write(
                _bench.At(name + ".npz"), new FeatureStatistics("features", 10, [mean, 0], new double[,] { { 1, 0.5 }, { 0.5, 2 } }));
        }

        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(CommandLine).Assembly.Location, "metrics", "fid", _bench.At("a.npz"), _bench.At("b.npz")])
        {
            RedirectStandardOutput = true,
            Environment = { ["CERTIPURE_LIBTORCH"] = _bench.At("nowhere") },
        })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("Fréchet distance 4 ", output, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }
}
