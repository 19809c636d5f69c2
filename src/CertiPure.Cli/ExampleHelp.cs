using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CertiPure.Cli.Verbs;

namespace CertiPure.Cli;

/// <summary>The usual help, followed by the verb's example.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb verb)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Example:");
            foreach (string line in verb.Example.Split('\n'))
            {
                output.WriteLine("  " + line);
            }
        }

        return code;
    }
}
