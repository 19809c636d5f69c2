using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CertiPure.Cli.Verbs;

namespace CertiPure.Cli;

/// <summary>The usual help, and below it the verb's example.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult) => parseResult.CommandResult.Command is Verb verb
        ? verb.ShowHelp(parseResult, () => usual.Invoke(parseResult))
        : usual.Invoke(parseResult);
}
