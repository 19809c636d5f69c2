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
