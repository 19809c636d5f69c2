namespace CertiPure.Torch.Checkpoints;

/// <summary>Where a tensor's bytes come from: memory, or a range of a file that is read only when asked for.</summary>
internal abstract class TensorStorage
{
    /// <summary>The number of bytes, in C order of the tensor's elements.</summary>
    public abstract long Length { get; }

    /// <summary>Copies bytes from <paramref name="offset"/> on until <paramref name="destination"/> is full.</summary>
    public abstract void Read(long offset, Span<byte> destination);
}
