namespace CertiPure.Torch.Checkpoints;

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
