namespace CertiPure.Torch.Checkpoints;

/// <summary>Zeros, with no memory behind them.</summary>
internal sealed class ZeroSource(string path, long length) : ByteSource
{
    public override string Path => path;

    public override long Length => length;

    public override ByteSource Slice(long offset, long length) => new ZeroSource(path, length);

    protected override void ReadWithin(long offset, Span<byte> destination) => destination.Clear();
}
