using System.CommandLine;

namespace CertiPure.Cli.Options;

/// <summary>Options of the verbs that read checkpoints.</summary>
internal static class CheckpointOptions
{
    /// <summary><c>--section</c>: where in the file the tensors are.</summary>
    public static Option<string> Section() => new("--section")
    {
        Description = "Where in the file the tensors are, keys joined by /; by default averaged weights first.",
        HelpName = "KEYS",
    };
}
