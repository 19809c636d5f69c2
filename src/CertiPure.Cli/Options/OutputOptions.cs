using System.CommandLine;

namespace CertiPure.Cli.Options;

/// <summary>Options of the output that several verbs share.</summary>
internal static class OutputOptions
{
    /// <summary><c>--json</c>: the result as JSON.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON." };

    /// <summary><c>--overwrite</c>: replaces what is there.</summary>
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace what is already there." };

    /// <summary><c>--out</c>: the file or folder to write.</summary>
    /// <param name="what">What is written, for the help.</param>
    /// <param name="required">Whether the verb cannot do without.</param>
    public static Option<string> Out(string what, bool required) =>
        new("--out", "-o") { Description = what, HelpName = "PATH", Required = required };
}
