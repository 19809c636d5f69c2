using System.Diagnostics;

namespace CertiPure.Cli.Tests.Deployment;

/// <summary>A script of the repository, run as a process.</summary>
internal static class Script
{
    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The command line as a shell would start it.</summary>
    internal static string CertiPure { get; } = $"dotnet {typeof(CommandLine).Assembly.Location}";

    internal static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
