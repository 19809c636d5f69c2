namespace CertiPure.Torch.Checkpoints;

/// <summary>
/// A range of an open file, read straight into the caller's memory. Nothing is mapped: a file that shrinks under a mapping
/// kills the process, while a short read is an error that can be told.
/// </summary>
internal sealed class FileSource : ByteSource
{
    private readonly CheckpointFile file;
    private readonly long start;

    /// <summary>The <paramref name="length"/> bytes of a file from <paramref name="start"/> on, which must lie within it.</summary>
    public FileSource(CheckpointFile file, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, file.Length - length);
        this.file = file;
        this.start = start;
        Length = length;
    }

    public override string Path => file.Path;

    public override long Length { get; }

    public override ByteSource Slice(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new FileSource(file, start + offset, length);
    }

    protected override void ReadWithin(long offset, Span<byte> destination) => file.Read(start + offset, destination);
}
