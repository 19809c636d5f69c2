namespace CertiPure.Torch.Checkpoints;

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
