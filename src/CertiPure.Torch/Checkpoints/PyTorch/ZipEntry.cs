namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>An uncompressed file of a zip archive: its name and where its bytes lie.</summary>
internal sealed record ZipEntry(string Name, long HeaderOffset, long DataOffset, long Length)
{
    /// <summary>The byte behind the last.</summary>
    public long End => DataOffset + Length;
}
