namespace CertiPure.Cli;

/// <summary>What the command line answers to the shell.</summary>
internal enum ExitCode
{
    /// <summary>Done as asked.</summary>
    Success = 0,

    /// <summary>Something failed: a file, a device, a network.</summary>
    Failed = 1,

    /// <summary>The command was given something it cannot mean.</summary>
    Usage = 2,

    /// <summary>A check refused the run.</summary>
    Refused = 3,

    /// <summary>Interrupted by the user; starting again resumes.</summary>
    Interrupted = 130,
}
