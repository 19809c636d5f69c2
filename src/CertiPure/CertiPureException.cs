namespace CertiPure;

/// <summary>An error that the user can act on: one sentence saying what is wrong and where, in words that hold for every program that
/// uses the library. A program adds, from <see cref="Reason"/>, what to do about it in its own terms.</summary>
public sealed class CertiPureException : Exception
{
    /// <summary>An error with its sentence.</summary>
    /// <param name="message">One sentence: what is wrong and where. It names no option of a command line.</param>
    /// <param name="reason">The kind of error.</param>
    public CertiPureException(string message, ErrorReason reason = ErrorReason.Failed)
        : base(message) => Reason = reason;

    /// <summary>An error with its sentence and its cause.</summary>
    /// <param name="message">One sentence: what is wrong and where. It names no option of a command line.</param>
    /// <param name="innerException">The exception that it follows from, if any.</param>
    /// <param name="reason">The kind of error.</param>
    public CertiPureException(string message, Exception? innerException, ErrorReason reason = ErrorReason.Failed)
        : base(message, innerException) => Reason = reason;

    /// <summary>The kind of error.</summary>
    public ErrorReason Reason { get; }
}
