namespace CertiPure.Torch.Checkpoints;

/// <summary>
/// One named tensor of a checkpoint. Its bytes stay in the file until they are read; they come in C order (the last
/// dimension varies fastest), little-endian.
/// </summary>
public sealed class CheckpointTensor
{
    private const int ChunkBytes = 1 << 20;
    private readonly ByteSource storage;

    internal CheckpointTensor(string name, ElementType elementType, IReadOnlyList<long> shape, ByteSource storage)
    {
        if (!TensorShape.TryCount(shape, elementType.Size(), out long elements))
        {
            throw new ArgumentException($"The shape {TensorShape.Write(shape)} is not that of a tensor.", nameof(shape));
        }

        if (storage.Length != elements * elementType.Size())
        {
            throw new ArgumentException(
                $"{storage.Length} bytes do not make {TensorShape.Write(shape)} of {elementType}.", nameof(storage));
        }

        Name = name;
        ElementType = elementType;
        Shape = shape;
        ElementCount = elements;
        this.storage = storage;
    }

    /// <summary>The tensor's name, such as <c>model.enc.32x32_conv.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The type of the elements in the file.</summary>
    public ElementType ElementType { get; }

    /// <summary>The dimensions, none for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of elements, the product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>The number of bytes, <see cref="ElementCount"/> times the element's size.</summary>
    public long ByteCount => storage.Length;

    /// <summary>A tensor of bytes in memory.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="elementType">The type of the elements.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="bytes">The elements in C order, little-endian; not copied.</param>
    /// <exception cref="ArgumentException">The bytes do not fill the shape exactly.</exception>
    public static CheckpointTensor FromBytes(
        string name, ElementType elementType, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes) =>
        new(name, elementType, [.. shape], new MemorySource(name, bytes));

    /// <summary>A tensor of 32-bit floats in memory.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="values">The elements in C order; copied.</param>
    /// <exception cref="ArgumentException">The values do not fill the shape exactly.</exception>
    public static CheckpointTensor FromSingles(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        FromBytes(name, ElementType.Float32, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A tensor of zeros with no memory behind it: for what looks at names and shapes only.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="elementType">The type of the elements.</param>
    /// <param name="shape">The dimensions.</param>
    /// <exception cref="ArgumentException">The shape is that of no tensor.</exception>
    public static CheckpointTensor OfShape(string name, ElementType elementType, IReadOnlyList<long> shape) =>
        TensorShape.TryCount(shape, elementType.Size(), out long elements)
            ? new(name, elementType, [.. shape], new ZeroSource(name, elements * elementType.Size()))
            : throw new ArgumentException($"The shape {TensorShape.Write(shape)} is not that of a tensor.", nameof(shape));

    /// <summary>The same tensor under another name; shares the bytes.</summary>
    public CheckpointTensor Rename(string name) => new(name, ElementType, Shape, storage);

    /// <summary>The same elements under another name and in another shape; shares the bytes.</summary>
    internal CheckpointTensor Reshape(string name, IReadOnlyList<long> shape) => new(name, ElementType, shape, storage);

    /// <summary>A range of the first dimension under another name; shares the bytes.</summary>
    internal CheckpointTensor Rows(string name, long first, long count)
    {
        long row = ByteCount / Shape[0];
        return new(name, ElementType, [count, .. Shape.Skip(1)], storage.Slice(first * row, count * row));
    }

    /// <summary>Tensors of one element type, one after the other in the first dimension; shares the bytes.</summary>
    internal static CheckpointTensor Join(string name, IReadOnlyList<long> shape, IReadOnlyList<CheckpointTensor> parts) =>
        new(name, parts[0].ElementType, shape, new JoinedSource([.. parts.Select(part => part.storage)]));

    /// <summary>Copies the tensor's bytes from <paramref name="offset"/> on until <paramref name="destination"/> is full.</summary>
    /// <exception cref="CertiPureException">The file ended early or could not be read.</exception>
    public void Read(Span<byte> destination, long offset = 0) => storage.Read(offset, destination);

    /// <summary>All the tensor's bytes.</summary>
    /// <exception cref="CertiPureException">The file ended early or could not be read.</exception>
    public byte[] ToBytes()
    {
        var bytes = new byte[checked((int)ByteCount)];
        Read(bytes);
        return bytes;
    }

    /// <summary>All the elements as 32-bit floats, rounded to nearest where the file has more precision.</summary>
    /// <exception cref="CertiPureException">The file ended early or could not be read.</exception>
    public float[] ToSingles()
    {
        var values = new float[checked((int)ElementCount)];
        int done = 0;
        ForEachChunk((chunk, _) =>
        {
            int count = chunk.Length / ElementType.Size();
            ElementConversion.ToSingles(ElementType, chunk, values.AsSpan(done, count));
            done += count;
        });
        return values;
    }

    /// <summary>Reads the bytes in order, about a megabyte of whole elements at a time, with each chunk's offset.</summary>
    internal void ForEachChunk(Action<ReadOnlySpan<byte>, long> action)
    {
        var buffer = new byte[(int)Math.Min(ByteCount, ChunkBytes)];
        for (long offset = 0; offset < ByteCount; offset += buffer.Length)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, ByteCount - offset));
            Read(chunk, offset);
            action(chunk, offset);
        }
    }

    /// <summary>Name, type and shape: <c>conv.weight Float32 [64, 3, 3, 3]</c>.</summary>
    public override string ToString() => $"{Name} {ElementType} {TensorShape.Write(Shape)}";
}
