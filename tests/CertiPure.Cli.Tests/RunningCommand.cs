using System.Diagnostics;

namespace CertiPure.Cli.Tests;

/// <summary>A command as a process of its own.</summary>
internal static class RunningCommand
{
    /// <summary>Starts a certify command and waits until its log has a line.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="command">The command's arguments.</param>
    internal static async Task<Process> StartAndAwaitLogAsync(string run, string[] command)
    {
        Directory.CreateDirectory(run);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(run, "certificates.jsonl");
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
