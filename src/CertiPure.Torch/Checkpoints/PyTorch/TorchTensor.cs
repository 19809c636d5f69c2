namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>A tensor of a PyTorch pickle: a view of a storage, as the file claims it and not yet checked.</summary>
/// <param name="Storage">The memory.</param>
/// <param name="ElementType">The type of the elements.</param>
/// <param name="Offset">The first element's position in the storage, in elements.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Strides">The distance between neighbours in each dimension, in elements.</param>
internal sealed record TorchTensor(
    TorchStorage Storage, ElementType ElementType, long Offset, IReadOnlyList<long> Shape, IReadOnlyList<long> Strides)
{
    // A view may repeat elements (stride 0), which makes a large tensor of a small file; honest ones are small.
    private const long MaxRepeatedElements = 1 << 20;

    /// <summary>The tensor, checked against its storage.</summary>
    /// <exception cref="CertiPureException">The view reaches outside its storage, or repeats elements too often.</exception>
    public CheckpointTensor ToCheckpointTensor(string path, string name)
    {
        ByteSource bytes = Storage.Bytes ?? throw Unreadable.Because(path, $"the storage of '{name}' is missing");
        int size = ElementType.Size();
        if (Shape.Count != Strides.Count)
        {
            throw Unreadable.Because(path, $"'{name}' has {Shape.Count} dimensions but {Strides.Count} strides");
        }

        if (!TensorShape.TryCount(Shape, size, out long elements))
        {
            throw Unreadable.Because(path, $"the shape {TensorShape.Write(Shape)} of '{name}' is that of no tensor");
        }

        long last = LastElement(path, name);
        long available = bytes.Length / size;
        if (elements > 0 && last >= available)
        {
            throw Unreadable.Because(path, $"'{name}' with shape {TensorShape.Write(Shape)}, strides {TensorShape.Write(Strides)} and offset {Offset} "
                + $"reaches element {last} of a storage of {available}");
        }

        if (elements > Math.Max(available, MaxRepeatedElements))
        {
            throw Unreadable.Because(path, $"'{name}' repeats a storage of {available} elements to {elements}; save a copy that is contiguous");
        }

        return new CheckpointTensor(name, ElementType, [.. Shape], elements == 0
            ? bytes.Slice(0, 0)
            : IsContiguous()
                ? bytes.Slice(Offset * size, elements * size)
                : new StridedSource(bytes.Slice(Offset * size, (last - Offset + 1) * size), size, [.. Shape], [.. Strides]));
    }

    private long LastElement(string path, string name)
    {
        UInt128 last = (UInt128)Math.Max(Offset, 0);
        bool negative = Offset < 0;
        for (int i = 0; i < Shape.Count; i++)
        {
            negative |= Strides[i] < 0;
            last += (UInt128)Math.Max(Shape[i] - 1, 0) * (UInt128)Math.Max(Strides[i], 0);
            last = UInt128.Min(last, long.MaxValue);
        }

        return negative
            ? throw Unreadable.Because(path, $"'{name}' has a negative stride or offset, which PyTorch never writes")
            : (long)last;
    }

    private bool IsContiguous()
    {
        long expected = 1;
        for (int i = Shape.Count - 1; i >= 0; i--)
        {
            if (Shape[i] != 1 && Strides[i] != expected)
            {
                return false;
            }

            expected *= Shape[i];
        }

        return true;
    }
}

/// <summary>A storage that a PyTorch pickle refers to: one-dimensional memory that tensors are views of.</summary>
/// <param name="elementType">The type of its elements; null if it is bytes that each tensor reads as it says.</param>
/// <param name="length">The number of bytes that the pickle says it has.</param>
internal sealed class TorchStorage(ElementType? elementType, long length)
{
    /// <summary>The type of its elements; null if it is bytes that each tensor reads as it says.</summary>
    public ElementType? ElementType { get; } = elementType;

    /// <summary>The number of bytes that the pickle says it has.</summary>
    public long Length { get; } = length;

    /// <summary>The bytes; null until the part of the file that holds them has been reached.</summary>
    public ByteSource? Bytes { get; set; }
}
