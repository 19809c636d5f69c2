using System.CommandLine;

namespace CertiPure.Cli.Verbs;

/// <summary>One verb of the command line: it parses, calls the library and prints.</summary>
internal abstract class Verb : Command
{
    /// <summary>Names the verb.</summary>
    /// <param name="name">The word on the command line.</param>
    /// <param name="description">One sentence for the help.</param>
    /// <param name="example">A command that works, one or more lines, shown under the help.</param>
    /// <param name="terminal">Where output, errors and progress go.</param>
    protected Verb(string name, string description, string example, Terminal terminal)
        : base(name, description)
    {
        Example = example;
        Terminal = terminal;
        SetAction(async (parse, cancellation) => (int)await RunAsync(parse, cancellation).ConfigureAwait(false));
    }

    /// <summary>How long the work of most verbs may take to stop: with what the process itself takes, less than 2 seconds.</summary>
    public static TimeSpan UsualGrace { get; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long the work may take to stop after an interruption; null for as long as it takes.</summary>
    public virtual TimeSpan? Grace => UsualGrace;

    /// <summary>A command that works, shown under the help.</summary>
    public string Example { get; }

    /// <summary>Where output, errors and progress go.</summary>
    protected Terminal Terminal { get; }

    /// <summary>Answers <c>--help</c>.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="usual">Writes the help that the options give, and returns the exit code.</param>
    public virtual int ShowHelp(ParseResult parse, Func<int> usual)
    {
        int code = usual();
        TextWriter output = parse.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        foreach (string line in Example.Split('\n'))
        {
            output.WriteLine("  " + line);
        }

        return code;
    }

    /// <summary>What is said of interrupted work: whether it can go on, and how.</summary>
    /// <param name="parse">The parsed arguments.</param>
    public virtual string AfterInterruption(ParseResult parse) => "Interrupted; the same command begins anew.";

    /// <summary>The same of a verb whose finished images and runs are kept.</summary>
    /// <param name="overwrites">Whether the command would discard them.</param>
    protected static string GoesOn(bool overwrites) =>
        $"Interrupted; the same command{(overwrites ? " without --overwrite" : "")} continues where it stopped.";

    /// <summary>Does the work.</summary>
    /// <param name="parse">The parsed arguments, without errors.</param>
    /// <param name="cancellation">Asks to stop at a resumable point.</param>
    /// <returns>What the shell is told.</returns>
    protected abstract Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation);
}
