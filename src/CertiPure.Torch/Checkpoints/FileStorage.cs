namespace CertiPure.Torch.Checkpoints;

/// <summary>
/// A range of an open file, read straight into the caller's memory. Nothing is mapped: a file that shrinks under a mapping
/// kills the process, while a short read is an error that can be told.
/// </summary>
internal sealed class FileStorage(CheckpointFile file, long start, long length) : TensorStorage
{
    public override long Length => length;

    public override void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length - destination.Length);
        file.Read(start + offset, destination);
    }
}
