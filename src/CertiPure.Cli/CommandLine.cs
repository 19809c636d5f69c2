using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using CertiPure.Cli.Options;
using CertiPure.Cli.Verbs;
using CertiPure.Cli.Verbs.Metrics;
using CertiPure.Torch.Backend;

namespace CertiPure.Cli;

/// <summary>The <c>certipure</c> command: from arguments to an exit code. Every error leaves as one sentence on the
/// error stream.</summary>
internal static class CommandLine
{
    private const string Description =
        "Certifies image classifiers: a label and an L2 radius within which no perturbation changes it.";

    /// <summary>Runs on the process's console, where Ctrl-C and SIGTERM interrupt.</summary>
    public static async Task<int> RunInTerminalAsync(string[] arguments)
    {
        var terminal = Terminal.OfProcess();
        ParseResult parse = BuildRoot(terminal).Parse(arguments);
        var verb = parse.CommandResult.Command as Verb;
        using var interruption = new Interruption(
            verb is null ? Verb.UsualGrace : verb.Grace, () => terminal.WriteError(verb?.AfterInterruption(parse) ?? "Interrupted."));
        LibTorch.FetchWhenMissing(terminal.WriteNote);
        return await RunAsync(arguments, terminal, interruption.Token).ConfigureAwait(false);
    }

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">The words after <c>certipure</c>.</param>
    /// <param name="terminal">Where output, errors and progress go.</param>
    /// <param name="cancellation">Asks long work to stop at a resumable point.</param>
    /// <returns>The <see cref="ExitCode"/> as a number.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        ParseResult parse = BuildRoot(terminal).Parse(arguments);
        if (FindError(parse) is { } mistake && parse.Action is not ExampleHelp)
        {
            terminal.WriteError($"{mistake.TrimEnd('.')}; see {NameOf(parse.CommandResult.Command)} --help.");
            return (int)ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.WriteError(parse.CommandResult.Command is Verb verb ? verb.AfterInterruption(parse) : "Interrupted.");
            return (int)ExitCode.Interrupted;
        }
        catch (CertiPureException error)
        {
            terminal.WriteError(Remedies.Describe(error));
            return (int)Remedies.CodeOf(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.WriteError(error.Message);
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>What is wrong with the words, or null. The parser itself takes an option that it does not know for an argument, such as a
    /// path.</summary>
    private static string? FindError(ParseResult parse)
    {
        string? unknown = parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal));
        // A wrong value is more worth saying than a missing option.
        IEnumerable<ParseError> errors = parse.Errors;
        ParseError? error = errors.FirstOrDefault(error => error.SymbolResult is OptionResult or ArgumentResult && error.SymbolResult.Tokens.Count > 0)
            ?? errors.FirstOrDefault();
        return error?.Message ?? (unknown is null ? null : $"There is no option {unknown}");
    }

    /// <summary>The words that call a command.</summary>
    private static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : command.Name;

    /// <summary>The root is a plain command, because <see cref="RootCommand"/> takes its name from the assembly's file.</summary>
    private static Command BuildRoot(Terminal terminal)
    {
        var help = new HelpOption();
        var usual = (HelpAction)help.Action!;
        if (!ReferenceEquals(terminal.Output, Console.Out))
        {
            // Lines are wrapped for the console alone.
            usual.MaxWidth = int.MaxValue;
        }

        help.Action = new ExampleHelp(usual);
        var root = new Command("certipure", Description) { help, new VersionOption() };
        foreach (Verb verb in Verbs(terminal))
        {
            root.Add(verb);
        }

        StrictNumbers.ApplyTo(root);
        root.SetAction(parse =>
        {
            new HelpAction().Invoke(parse);
            return (int)ExitCode.Usage;
        });
        return root;
    }

    /// <summary>All verbs, in the order in which the help lists them.</summary>
    internal static IEnumerable<Verb> Verbs(Terminal terminal) =>
    [
        new DemoVerb(terminal),
        new DataVerb(terminal),
        new CertifyVerb(terminal),
        new PredictVerb(terminal),
        new PurifyVerb(terminal),
        new BoundVerb(terminal),
        new ReportVerb(terminal),
        new MergeVerb(terminal),
        new ExportVerb(terminal),
        new VerifyVerb(terminal),
        new TrainVerb(terminal),
        new FinetuneVerb(terminal),
        new MetricsVerb(terminal),
        new ReproduceVerb(terminal),
        new ConvertVerb(terminal),
        new DescribeVerb(terminal),
        new InspectVerb(terminal),
        new ServeVerb(terminal),
        new KubernetesVerb(terminal),
        new DoctorVerb(terminal),
    ];
}
