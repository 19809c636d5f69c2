namespace CertiPure.Torch.Checkpoints.Flax;

/// <summary>
/// Parses Flax's msgpack into dictionaries, lists, plain values and arrays. Extension type 1 is an array and 3 a scalar, both a
/// msgpack array of shape, element type and bytes; 2 is a complex number.
/// </summary>
internal sealed class FlaxParser
{
    private const int MaxDepth = 64;
    private const int MaxValues = 2_000_000;
    private readonly ByteSource source;
    private int values;

    private FlaxParser(ByteSource source) => this.source = source;

    /// <summary>The value of a whole file.</summary>
    public static object? Parse(ByteSource source)
    {
        var parser = new FlaxParser(source);
        var input = new MessagePackInput(source);
        object? value = parser.ParseValue(input, 0);
        return input.Remaining == 0
            ? value
            : throw Unreadable.Because(source.Path, $"{input.Remaining} bytes follow its msgpack value and belong to nothing");
    }

    private object? ParseValue(MessagePackInput input, int depth)
    {
        if (depth > MaxDepth)
        {
            throw input.Malformed($"is nested more than {MaxDepth} deep at byte {input.Position}");
        }

        if (++values > MaxValues)
        {
            throw input.Malformed($"has more than {MaxValues} values");
        }

        byte type = input.ReadByte();
        return type switch
        {
            <= 0x7F => (long)type,
            <= 0x8F => ParseMap(input, type & 0x0Fu, depth),
            <= 0x9F => ParseArray(input, type & 0x0Fu, depth),
            <= 0xBF => input.ReadText(type & 0x1Fu),
            0xC0 => null,
            0xC2 => false,
            0xC3 => true,
            0xC4 => input.Slice(input.ReadUnsigned(1)),
            0xC5 => input.Slice(input.ReadUnsigned(2)),
            0xC6 => input.Slice(input.ReadUnsigned(4)),
            0xC7 => ParseExtension(input, input.ReadUnsigned(1), depth),
            0xC8 => ParseExtension(input, input.ReadUnsigned(2), depth),
            0xC9 => ParseExtension(input, input.ReadUnsigned(4), depth),
            0xCA => input.ReadFloat(4),
            0xCB => input.ReadFloat(8),
            0xCC => (long)input.ReadUnsigned(1),
            0xCD => (long)input.ReadUnsigned(2),
            0xCE => (long)input.ReadUnsigned(4),
            0xCF => input.ReadUnsigned(8),
            0xD0 => input.ReadSigned(1),
            0xD1 => input.ReadSigned(2),
            0xD2 => input.ReadSigned(4),
            0xD3 => input.ReadSigned(8),
            0xD4 => ParseExtension(input, 1, depth),
            0xD5 => ParseExtension(input, 2, depth),
            0xD6 => ParseExtension(input, 4, depth),
            0xD7 => ParseExtension(input, 8, depth),
            0xD8 => ParseExtension(input, 16, depth),
            0xD9 => input.ReadText(input.ReadUnsigned(1)),
            0xDA => input.ReadText(input.ReadUnsigned(2)),
            0xDB => input.ReadText(input.ReadUnsigned(4)),
            0xDC => ParseArray(input, input.ReadUnsigned(2), depth),
            0xDD => ParseArray(input, input.ReadUnsigned(4), depth),
            0xDE => ParseMap(input, input.ReadUnsigned(2), depth),
            0xDF => ParseMap(input, input.ReadUnsigned(4), depth),
            >= 0xE0 => (long)(sbyte)type,
            _ => throw input.Malformed($"has the unused msgpack type 0x{type:x2} before byte {input.Position}"),
        };
    }

    private List<object?> ParseArray(MessagePackInput input, ulong count, int depth)
    {
        CheckCount(input, count, 1);
        var items = new List<object?>();
        for (ulong i = 0; i < count; i++)
        {
            items.Add(ParseValue(input, depth + 1));
        }

        return items;
    }

    private object ParseMap(MessagePackInput input, ulong count, int depth)
    {
        CheckCount(input, count, 2);
        var map = new FlaxDictionary();
        for (ulong i = 0; i < count; i++)
        {
            object? key = ParseValue(input, depth + 1);
            object? value = ParseValue(input, depth + 1);
            if (key is not string name || !map.TryAdd(name, value))
            {
                throw input.Malformed($"has a key that is not text, or the same key twice ('{key}'), before byte {input.Position}");
            }
        }

        return map.ContainsKey("__msgpack_chunked_array__") ? JoinChunks(input, map) : map;
    }

    private FlaxArray? ParseExtension(MessagePackInput input, ulong length, int depth)
    {
        byte type = input.ReadByte();
        ByteSource payload = input.Slice(length);
        return type switch
        {
            1 or 3 => ParseNumpy(new MessagePackInput(payload), depth + 1),
            2 => null,
            _ => throw input.Malformed($"has the unknown extension type {(sbyte)type} before byte {input.Position}"),
        };
    }

    // The depth goes on counting: an array within an array within an array must not exhaust the stack.
    private FlaxArray ParseNumpy(MessagePackInput input, int depth)
    {
        if (ParseValue(input, depth) is not List<object?> { Count: 3 } parts || parts[0] is not List<object?> dimensions || parts[1] is not string type
            || parts[2] is not ByteSource bytes || input.Remaining != 0)
        {
            throw input.Malformed("has an array that is not a shape, a type and bytes");
        }

        if (ElementTypeOf(type) is not { } elementType)
        {
            throw Unreadable.Because(source.Path, $"it has an array of the unsupported type '{type}'");
        }

        long[] shape = [.. dimensions.Select(dimension => dimension is long size ? size : -1)];
        if (!TensorShape.TryCount(shape, elementType.Size(), out long elements) || elements * elementType.Size() != bytes.Length)
        {
            throw input.Malformed($"has an array {type} {TensorShape.Write(shape)} with {bytes.Length} bytes");
        }

        return new FlaxArray(elementType, shape, bytes);
    }

    // Flax splits arrays of more than 1 GB into flat pieces: {'shape': {'0': ..}, 'chunks': {'0': array, ..}}.
    private static FlaxArray JoinChunks(MessagePackInput input, FlaxDictionary map)
    {
        FlaxArray[] chunks = [.. Sequence(map, "chunks").Select(item => item as FlaxArray ?? throw Broken())];
        long[] shape = [.. Sequence(map, "shape").Select(item => item is long size ? size : throw Broken())];
        if (chunks.Length == 0 || chunks.Any(chunk => chunk.ElementType != chunks[0].ElementType)
            || !TensorShape.TryCount(shape, chunks[0].ElementType.Size(), out long elements)
            || chunks.Sum(chunk => chunk.Bytes.Length) != elements * chunks[0].ElementType.Size())
        {
            throw Broken();
        }

        return new FlaxArray(chunks[0].ElementType, shape, new JoinedSource([.. chunks.Select(chunk => chunk.Bytes)]));

        CertiPureException Broken() => input.Malformed($"has an array in pieces that do not fit together before byte {input.Position}");

        IEnumerable<object?> Sequence(FlaxDictionary within, string key)
        {
            FlaxDictionary items = within.GetValueOrDefault(key) as FlaxDictionary ?? throw Broken();
            return Enumerable.Range(0, items.Count)
                .Select(i => items.TryGetValue(i.ToString(System.Globalization.CultureInfo.InvariantCulture), out object? item) ? item : throw Broken());
        }
    }

    private static void CheckCount(MessagePackInput input, ulong count, int bytesEach)
    {
        if (count > (ulong)(input.Remaining / bytesEach))
        {
            throw input.Malformed($"claims {count} items at byte {input.Position} where only {input.Remaining} bytes follow");
        }
    }

    private static ElementType? ElementTypeOf(string numpyName) => numpyName switch
    {
        "bool" => ElementType.Boolean,
        "uint8" => ElementType.UInt8,
        "int8" => ElementType.Int8,
        "uint16" => ElementType.UInt16,
        "int16" => ElementType.Int16,
        "uint32" => ElementType.UInt32,
        "int32" => ElementType.Int32,
        "uint64" => ElementType.UInt64,
        "int64" => ElementType.Int64,
        "float16" => ElementType.Float16,
        "bfloat16" => ElementType.BFloat16,
        "float32" => ElementType.Float32,
        "float64" => ElementType.Float64,
        _ => null,
    };
}

/// <summary>A dictionary of a Flax checkpoint, which keeps the file's order.</summary>
internal sealed class FlaxDictionary
{
    private readonly List<KeyValuePair<string, object?>> entries = [];
    private readonly Dictionary<string, object?> byName = new(StringComparer.Ordinal);

    public int Count => entries.Count;

    public IReadOnlyList<KeyValuePair<string, object?>> Entries => entries;

    public bool TryAdd(string name, object? value)
    {
        bool added = byName.TryAdd(name, value);
        if (added)
        {
            entries.Add(new(name, value));
        }

        return added;
    }

    public bool ContainsKey(string name) => byName.ContainsKey(name);

    public bool TryGetValue(string name, out object? value) => byName.TryGetValue(name, out value);

    public object? GetValueOrDefault(string name) => byName.GetValueOrDefault(name);
}

/// <summary>An array of a Flax checkpoint, its bytes left in the file.</summary>
internal sealed record FlaxArray(ElementType ElementType, IReadOnlyList<long> Shape, ByteSource Bytes);
