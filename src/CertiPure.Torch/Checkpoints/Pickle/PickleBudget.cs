namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>
/// What the pickles of one file may cost together. The largest published checkpoints of the field need about a tenth; a pickle made
/// to exhaust memory or time needs more.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="maxTextBytes">Bytes of text of all its pickles.</param>
internal sealed class PickleBudget(string path, long maxTextBytes = PickleBudget.MaxTextBytes)
{
    /// <summary>Instructions of all pickles of a file.</summary>
    public const int MaxInstructions = 2_000_000;

    /// <summary>Bytes of text of all pickles of a file.</summary>
    public const long MaxTextBytes = 64L << 20;

    private int instructions;
    private long textBytes;

    /// <summary>Counts an instruction, or as many as a copy has items: what costs time costs budget.</summary>
    public void TakeInstructions(int count)
    {
        instructions += Math.Min(count, MaxInstructions);
        if (instructions > MaxInstructions)
        {
            throw Unreadable.Because(path, $"its pickle has more than {MaxInstructions} instructions, more than any checkpoint needs");
        }
    }

    /// <summary>Counts text, or other bytes that are held in memory.</summary>
    public void TakeText(long bytes)
    {
        textBytes += bytes;
        if (textBytes > maxTextBytes)
        {
            throw Unreadable.Because(path, $"its pickle holds more than {maxTextBytes} bytes of text, more than any checkpoint needs");
        }
    }
}
