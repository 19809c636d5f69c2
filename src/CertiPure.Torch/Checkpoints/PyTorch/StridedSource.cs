namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>
/// The elements of a view that is not contiguous, gathered into C order. A read of the whole tensor keeps nothing; reads in
/// parts keep the gathered bytes until the last part has been read.
/// </summary>
internal sealed class StridedSource : ByteSource
{
    private readonly ByteSource storage;
    private readonly int elementSize;
    private readonly long[] shape;
    private readonly long[] strides;
    private byte[]? gathered;

    /// <summary>A view of a storage that starts at the view's first element and ends with its last.</summary>
    public StridedSource(ByteSource storage, int elementSize, long[] shape, long[] strides)
    {
        this.storage = storage;
        this.elementSize = elementSize;
        this.shape = shape;
        this.strides = strides;
        Length = shape.Aggregate(elementSize, (long product, long dimension) => product * dimension);
        if (Math.Max(Length, storage.Length) > Array.MaxLength)
        {
            throw Unreadable.Because(Path,
                $"a tensor of {Length} bytes is not contiguous; save a copy that is (tensor.contiguous())");
        }
    }

    public override string Path => storage.Path;

    public override long Length { get; }

    public override ByteSource Slice(long offset, long length) =>
        new MemorySource(Path, Read(offset, checked((int)length)));

    protected override void ReadWithin(long offset, Span<byte> destination)
    {
        if (destination.Length == Length)
        {
            Gather(destination);
            return;
        }

        if (gathered is null)
        {
            gathered = new byte[Length];
            Gather(gathered);
        }

        gathered.AsSpan((int)offset, destination.Length).CopyTo(destination);
        if (offset + destination.Length == Length)
        {
            gathered = null;
        }
    }

    private void Gather(Span<byte> destination)
    {
        byte[] source = storage.Read(0, (int)storage.Length);
        var position = new long[shape.Length];
        long element = 0;
        for (int target = 0; target < destination.Length; target += elementSize)
        {
            source.AsSpan((int)element * elementSize, elementSize).CopyTo(destination[target..]);
            for (int dimension = shape.Length - 1; dimension >= 0; dimension--)
            {
                element += strides[dimension];
                if (++position[dimension] < shape[dimension])
                {
                    break;
                }

                element -= strides[dimension] * shape[dimension];
                position[dimension] = 0;
            }
        }
    }
}
