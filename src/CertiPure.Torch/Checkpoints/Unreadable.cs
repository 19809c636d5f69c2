namespace CertiPure.Torch.Checkpoints;

/// <summary>The one form of every refusal of a checkpoint: which file, and what is wrong with it.</summary>
internal static class Unreadable
{
    private const int MaxReason = 1000;

    /// <summary>A refusal of the file at <paramref name="path"/>.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="reason">What is wrong and, where the user can do something, what: a clause without a full stop.</param>
    /// <param name="inner">The cause, if another exception reported it.</param>
    public static CertiPureException Because(string path, string reason, Exception? inner = null) =>
        new($"The checkpoint '{path}' cannot be read: {Printable(reason)}.", inner);

    // A reason may quote names out of a hostile file: no line breaks, no control characters, no pages of text.
    private static string Printable(string reason)
    {
        string shown = reason.Length > MaxReason ? reason[..MaxReason] + "…" : reason;
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}
