namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>A file of a zip archive: its name, where its bytes lie, and whether they are its content as it is.</summary>
internal sealed record ZipEntry(string Name, long HeaderOffset, long DataOffset, long Length, bool IsStored)
{
    /// <summary>The byte behind the last.</summary>
    public long End => DataOffset + Length;
}
