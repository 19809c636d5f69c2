using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CertiPure.Torch.Backend;

namespace CertiPure.Cli.Verbs;

/// <summary><c>serve</c>: starts the service, which is a program of its own beside this one, and passes on its options, its output
/// and its exit code.</summary>
internal sealed partial class ServeVerb : Verb
{
    private const string Service = "CertiPure.Server";
    private const int Terminate = 15;

    private static readonly string Extension = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>Defines the verb.</summary>
    public ServeVerb(Terminal terminal)
        : base(
            "serve",
            "Serves certification over HTTP, with a page.",
            "certipure serve --url http://127.0.0.1:5080 --runs ./runs",
            terminal) =>
        TreatUnmatchedTokensAsErrors = false;

    /// <summary>The service has a time of its own in which it ends what is running.</summary>
    public override TimeSpan? Grace => null;

    /// <inheritdoc/>
    public override int ShowHelp(ParseResult parse, Func<int> usual) => base.ShowHelp(parse, () =>
    {
        // The service knows its options; here they are unknown words.
        ProcessStartInfo start = Start(Find(), ["--help"]);
        start.RedirectStandardOutput = true;
        using Process service = Process.Start(start)!;
        parse.InvocationConfiguration.Output.Write(service.StandardOutput.ReadToEnd());
        service.WaitForExit();
        return service.ExitCode;
    });

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        // The system closes the pipe however this process ends, and the service then stops as well.
        ProcessStartInfo start = Start(Find(), ["--stop-at-input-end", .. parse.UnmatchedTokens]);
        start.RedirectStandardInput = true;
        using Process service = Process.Start(start)!;
        // A terminal's Ctrl-C reaches the service by itself; a signal to this process alone has to be passed on.
        using CancellationTokenRegistration stop = cancellation.UnsafeRegister(_ => Stop(service), null);
        await service.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return (ExitCode)service.ExitCode;
    }

    /// <summary>A library is run by <c>dotnet</c>; a program that brings its own runtime, or is a single file, by itself.</summary>
    private static ProcessStartInfo Start(string program, IReadOnlyList<string> arguments)
    {
        string? dotnet = DotnetCommand.Path;
        bool isLibrary = Path.GetExtension(program) == ".dll";
        if (isLibrary && dotnet is not null)
        {
            return new ProcessStartInfo(dotnet, [program, .. arguments]);
        }

        var start = new ProcessStartInfo(isLibrary ? Path.ChangeExtension(program, null) + Extension : program, arguments);
        if (dotnet is not null)
        {
            // A single file without a runtime looks for it in the usual places alone.
            start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(dotnet);
        }

        return start;
    }

    /// <summary>Beside this program in an installation; in its sibling's build folder in a repository.</summary>
    private static string Find()
    {
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string build = Path.Combine(Path.GetFileName(Path.GetDirectoryName(here))!, Path.GetFileName(here));
        string[] places =
        [
            Path.Combine(here, Service + ".dll"),
            Path.Combine(here, "..", "..", "..", "..", Service, "bin", build, Service + ".dll"),
            Path.Combine(here, "..", "..", "..", "..", "..", "src", Service, "bin", build, Service + ".dll"),
            // A single file, which has no library beside it.
            Path.Combine(here, Service + Extension),
        ];
        return places.Select(Path.GetFullPath).FirstOrDefault(File.Exists)
            ?? throw new CertiPureException(
                $"The service's program {Service} is not beside this one in {here}; install CertiPure again, or build the solution.");
    }

    private static void Stop(Process service)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                service.Kill();
            }
            else
            {
                _ = SendSignal(service.Id, Terminate);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended in the same moment.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
