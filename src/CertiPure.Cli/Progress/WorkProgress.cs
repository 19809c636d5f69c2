namespace CertiPure.Cli.Progress;

/// <summary>Told by long work how far it is. May be called from any thread.</summary>
internal abstract class WorkProgress
{
    /// <summary>Says how far the work is.</summary>
    /// <param name="done">The count so far, from the beginning of the whole work.</param>
    /// <param name="note">A few words on the state: <c>loss 0.188</c>.</param>
    public abstract void Report(long done, string? note = null);
}
