using System.Diagnostics;

namespace CertiPure.Cli.Tests;

/// <summary>Commands as processes of their own, which can be interrupted and killed.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Workbench _bench = new();

    private string Log => Path.Combine(_bench.Run, "certificates.jsonl");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_killed_run_resumes_to_the_bytes_of_an_undisturbed_one()
    {
        string[] command = _bench.Certify(("--images", "all"), ("--n", "2000"));
        using (Process process = await StartAndAwaitLog(command))
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
        using Process process = await StartAndAwaitLog(command);

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

    /// <summary>Starts a command and waits until its log has a line.</summary>
    private async Task<Process> StartAndAwaitLog(string[] command)
    {
        Directory.CreateDirectory(_bench.Run);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(_bench.Run, Path.GetFileName(Log));
        watcher.Changed += (_, change) =>
        {
            if (new FileInfo(change.FullPath) is { Exists: true, Length: > 0 })
            {
                written.TrySetResult();
            }
        };
        watcher.EnableRaisingEvents = true;
        string[] arguments = [typeof(CommandLine).Assembly.Location, .. command];

        // A test run in the background of a script ignores SIGINT, and so would its children.
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", .. arguments])
            : new ProcessStartInfo("dotnet", arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        Process process = Process.Start(start)!;
        Task finished = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(
            await Task.WhenAny(written.Task, finished) == written.Task,
            $"The process ended before its first certificate: {(process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "")}");
        return process;
    }
}
