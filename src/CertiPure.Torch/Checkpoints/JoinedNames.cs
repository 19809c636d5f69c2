namespace CertiPure.Torch.Checkpoints;

/// <summary>
/// Names of tensors that are joined of the names on the way to them. A small file could repeat a long beginning for each of many
/// tensors, so the length of a name and of all names together are bounded; published checkpoints stay far below both.
/// </summary>
/// <param name="path">The checkpoint, for messages.</param>
internal sealed class JoinedNames(string path)
{
    private const int MaxLength = 1000;
    private const long MaxTotal = 32 << 20;
    private long total;

    /// <summary>The two parts as one name.</summary>
    /// <exception cref="CertiPureException">The name, or all of them together, are too long.</exception>
    public string Join(string beginning, string end)
    {
        int length = beginning.Length + end.Length;
        total += length;
        return length > MaxLength ? throw Unreadable.Because(path, $"it joins names to more than {MaxLength} characters, more than any checkpoint needs")
            : total > MaxTotal ? throw Unreadable.Because(path, $"its joined names have more than {MaxTotal} characters, more than any checkpoint needs")
            : beginning + end;
    }
}
