namespace CertiPure.Torch.Checkpoints;

/// <summary>Where bytes come from: memory, or a range of a file that is read only when asked for.</summary>
internal abstract class ByteSource
{
    /// <summary>The checkpoint that the bytes belong to, for messages.</summary>
    public abstract string Path { get; }

    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Copies bytes from <paramref name="offset"/> on until <paramref name="destination"/> is full.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - destination.Length);
        if (destination.Length > 0)
        {
            ReadWithin(offset, destination);
        }
    }

    /// <summary>The <paramref name="count"/> bytes from <paramref name="offset"/> on.</summary>
    public byte[] Read(long offset, int count)
    {
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>A part of these bytes; nothing is copied.</summary>
    public abstract ByteSource Slice(long offset, long length);

    /// <summary>Copies bytes of a range that was checked to be within <see cref="Length"/> and not empty.</summary>
    protected abstract void ReadWithin(long offset, Span<byte> destination);
}

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

/// <summary>Bytes held in memory.</summary>
internal sealed class MemorySource(string path, ReadOnlyMemory<byte> bytes) : ByteSource
{
    public override string Path => path;

    public override long Length => bytes.Length;

    public override ByteSource Slice(long offset, long length) =>
        new MemorySource(path, bytes.Slice(checked((int)offset), checked((int)length)));

    protected override void ReadWithin(long offset, Span<byte> destination) =>
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}

/// <summary>Several pieces of bytes as one.</summary>
internal sealed class JoinedSource(IReadOnlyList<ByteSource> pieces) : ByteSource
{
    public override string Path => pieces[0].Path;

    public override long Length { get; } = pieces.Sum(piece => piece.Length);

    public override ByteSource Slice(long offset, long length) => new MemorySource(Path, Read(offset, checked((int)length)));

    protected override void ReadWithin(long offset, Span<byte> destination)
    {
        foreach (ByteSource piece in pieces)
        {
            if (offset < piece.Length)
            {
                int count = (int)Math.Min(piece.Length - offset, destination.Length);
                piece.Read(offset, destination[..count]);
                destination = destination[count..];
                offset = 0;
            }
            else
            {
                offset -= piece.Length;
            }

            if (destination.IsEmpty)
            {
                return;
            }
        }
    }
}

/// <summary>Zeros, with no memory behind them.</summary>
internal sealed class ZeroSource(string path, long length) : ByteSource
{
    public override string Path => path;

    public override long Length => length;

    public override ByteSource Slice(long offset, long length) => new ZeroSource(path, length);

    protected override void ReadWithin(long offset, Span<byte> destination) => destination.Clear();
}
