using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CertiPure.Server.Tests;

/// <summary><c>certipure serve</c> as people run it: the command's process, and the service's as its child.</summary>
public sealed partial class ServeProcess : IAsyncDisposable
{
    private readonly Task<string> _output;
    private readonly Process? _service;

    private ServeProcess(Process command, Uri address, Task<string> output)
    {
        Command = command;
        _output = output;
        _service = ChildOf(command);
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
    }

    /// <summary>The process that a shell would start.</summary>
    public Process Command { get; }

    /// <summary>The service's own process.</summary>
    public Process Service => _service ?? throw new InvalidOperationException("The command has no child.");

    public HttpClient Client { get; }

    /// <summary>The command line's program as the build left it.</summary>
    public static string Program { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "../../../../../src/CertiPure.Cli/bin",
        Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!, "net10.0",
        "CertiPure.Cli.dll"));

    /// <summary>Starts the service on a free port and waits until it listens.</summary>
    public static Task<ServeProcess> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync("dotnet", [Program], settings);

    /// <summary>Starts the service by a program of one's choice.</summary>
    public static async Task<ServeProcess> StartAsync(
        string program, string[] before, IReadOnlyList<(string Name, string Value)> settings)
    {
        string[] arguments = [.. before, "serve", "--lazy", "--url", "http://127.0.0.1:0"];

        // A test run in the background of a script ignores SIGINT, and so would its children.
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        Process command = Process.Start(start)!;
        Task<string> errors = command.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string first = "";
        while (await command.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            first += line + "\n";
            if (Listening().Match(line) is { Success: true } match)
            {
                Task<string> rest = command.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                return new ServeProcess(command, new Uri(match.Groups[1].Value), AllAsync(first, rest, errors));
            }
        }

        Assert.Fail($"The service did not start: {first}{await errors}");
        throw new InvalidOperationException();
    }

    /// <summary>Sends a signal by its name.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the command's end and returns its exit code, and what both processes printed.</summary>
    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        await Command.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (Command.ExitCode, await _output);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (Process process in new[] { Command, _service }.OfType<Process>())
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static async Task<string> AllAsync(string first, Task<string> rest, Task<string> errors) => first + await rest + await errors;

    /// <summary>The child by the parent's id in <c>/proc</c>; field 4 of <c>stat</c>, counted after the name in brackets.</summary>
    private static Process? ChildOf(Process parent) => Directory.EnumerateDirectories("/proc")
        .Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit))
        .Where(folder => ParentOf(folder) == parent.Id)
        .Select(folder => Process.GetProcessById(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)))
        .FirstOrDefault();

    private static int ParentOf(string folder)
    {
        try
        {
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"listening on: (http://\S+)")]
    private static partial Regex Listening();
}
