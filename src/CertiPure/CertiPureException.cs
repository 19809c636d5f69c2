namespace CertiPure;

/// <summary>An error that the user can act on: one sentence saying what is wrong, where, and what to do.</summary>
public sealed class CertiPureException : Exception
{
    /// <summary>An error with its sentence.</summary>
    /// <param name="message">One sentence: what is wrong, where, and what to do.</param>
    /// <param name="exitCode">What the command line then answers to the shell.</param>
    public CertiPureException(string message, ExitCode exitCode = ExitCode.Failed)
        : base(message) => ExitCode = exitCode;

    /// <summary>An error with its sentence and its cause.</summary>
    /// <param name="message">One sentence: what is wrong, where, and what to do.</param>
    /// <param name="innerException">The exception that told of it, if one did.</param>
    /// <param name="exitCode">What the command line then answers to the shell.</param>
    public CertiPureException(string message, Exception? innerException, ExitCode exitCode = ExitCode.Failed)
        : base(message, innerException) => ExitCode = exitCode;

    /// <summary>What the command line answers to the shell.</summary>
    public ExitCode ExitCode { get; }
}
