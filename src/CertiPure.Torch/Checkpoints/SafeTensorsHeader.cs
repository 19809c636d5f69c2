using System.Buffers.Binary;
using System.Text.Json;

namespace CertiPure.Torch.Checkpoints;

/// <summary>A safetensors header: parsed without trust, every way of being malformed refused in its own words.</summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>The format's own limit on the header.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private readonly string path;
    private readonly List<SafeTensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private long dataStart;

    private SafeTensorsHeader(string path) => this.path = path;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads and checks the header of a file.</summary>
    public static SafeTensorsHeader Read(CheckpointFile file)
    {
        if (file.Length < 8)
        {
            throw Unreadable.Because(file.Path,
                $"it has {file.Length} bytes, too few for a safetensors file; copy it again");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Read(0, 8));
        if (length > MaxHeaderBytes)
        {
            throw Unreadable.Because(file.Path,
                $"its header claims {length} bytes where safetensors allows {MaxHeaderBytes}; it is damaged or no safetensors file");
        }

        if ((long)length > file.Length - 8)
        {
            throw Unreadable.Because(file.Path,
                $"its header claims {length} bytes but only {file.Length - 8} follow; it was cut short, copy it again");
        }

        var header = new SafeTensorsHeader(file.Path) { dataStart = 8 + (long)length };
        try
        {
            header.Parse(file.Read(8, (int)length));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Unreadable.Because(file.Path, "its header is not valid JSON text; it is damaged or no safetensors file", error);
        }

        header.CheckOffsets(file.Length - header.dataStart);
        return header;
    }

    /// <summary>The tensors, in the order of the header, their bytes left in the file.</summary>
    public IEnumerable<CheckpointTensor> Tensors(CheckpointFile file) =>
        entries.Select(entry => new CheckpointTensor(entry.Name, entry.ElementType, entry.Shape,
            new FileSource(file, dataStart + entry.Begin, entry.End - entry.Begin)));

    private void Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        Expect(ref reader, JsonTokenType.StartObject, "its header is not a JSON object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw Unreadable.Because(path, $"its header names '{name}' twice");
            }

            if (name == "__metadata__")
            {
                ParseMetadata(ref reader);
            }
            else
            {
                entries.Add(ParseEntry(ref reader, name));
            }
        }

        // The padding that the format allows behind the object is white space, so this reads to the end or throws.
        reader.Read();
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        const string complaint = "the metadata in its header is not an object of strings";
        Expect(ref reader, JsonTokenType.StartObject, complaint);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, complaint);
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw Unreadable.Because(path, $"the metadata in its header names '{key}' twice");
            }
        }
    }

    private SafeTensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, $"its header does not describe '{name}' with an object");
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            bool first = field switch
            {
                "dtype" => type is null,
                "shape" => shape is null,
                "data_offsets" => offsets is null,
                _ => throw Unreadable.Because(path, $"its header has the unknown field '{field}' for '{name}'"),
            };
            if (!first)
            {
                throw Unreadable.Because(path, $"its header has the field '{field}' twice for '{name}'");
            }

            switch (field)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, $"the dtype of '{name}' is not a string");
                    type = reader.GetString();
                    break;
                case "shape":
                    shape = ParseIntegers(ref reader, $"the shape of '{name}'", TensorShape.MaxDimensions);
                    break;
                default:
                    offsets = ParseIntegers(ref reader, $"the data_offsets of '{name}'", 2);
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Unreadable.Because(path, $"its header gives no {missing} for '{name}'");
        }

        return CheckEntry(name, type, [.. shape], offsets);
    }

    private SafeTensorsEntry CheckEntry(string name, string type, long[] shape, List<long> offsets)
    {
        if (!ElementTypes.TryParseSafeTensors(type, out ElementType elementType))
        {
            throw Unreadable.Because(path, $"'{name}' has the dtype '{type}', which is not supported");
        }

        if (offsets.Count != 2 || offsets[1] < offsets[0])
        {
            throw Unreadable.Because(path,
                $"the data_offsets of '{name}' are {TensorShape.Write(offsets)}, not a begin and an end");
        }

        if (!TensorShape.TryCount(shape, elementType.Size(), out long elements))
        {
            throw Unreadable.Because(path, $"the shape {TensorShape.Write(shape)} of '{name}' is larger than any file");
        }

        long bytes = elements * elementType.Size();
        if (offsets[1] - offsets[0] != bytes)
        {
            throw Unreadable.Because(path, $"'{name}' is {type} {TensorShape.Write(shape)}, which takes {bytes} bytes, "
                + $"but its data_offsets span {offsets[1] - offsets[0]}");
        }

        return new SafeTensorsEntry(name, elementType, shape, offsets[0], offsets[1]);
    }

    private List<long> ParseIntegers(ref Utf8JsonReader reader, string what, int atMost)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"{what} is not an array");
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Unreadable.Because(path, $"{what} holds something that is not a whole number from 0 up");
            }

            if (values.Count == atMost)
            {
                throw Unreadable.Because(path, $"{what} has more than {atMost} numbers");
            }

            values.Add(value);
        }

        return values;
    }

    private void CheckOffsets(long dataBytes)
    {
        long covered = 0;
        SafeTensorsEntry? previous = null;
        foreach (SafeTensorsEntry entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.End > dataBytes)
            {
                throw Unreadable.Because(path, $"'{entry.Name}' ends at byte {entry.End} of the data, but there are only "
                    + $"{dataBytes}; it was cut short, copy it again");
            }

            if (entry.Begin < covered)
            {
                throw Unreadable.Because(path,
                    $"'{entry.Name}' overlaps '{previous!.Name}': it begins at byte {entry.Begin}, before {covered}");
            }

            if (entry.Begin > covered)
            {
                throw Unreadable.Because(path,
                    $"there is a gap before '{entry.Name}': bytes {covered} to {entry.Begin} of the data belong to no tensor");
            }

            covered = entry.End;
            previous = entry;
        }

        if (covered != dataBytes)
        {
            throw Unreadable.Because(path, $"{dataBytes - covered} bytes follow the last tensor and belong to none");
        }
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string complaint)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw Unreadable.Because(path, complaint);
        }
    }
}

/// <summary>One tensor as a safetensors header describes it, its bytes from <paramref name="Begin"/> to before <paramref name="End"/>
/// counted from the end of the header.</summary>
internal sealed record SafeTensorsEntry(string Name, ElementType ElementType, long[] Shape, long Begin, long End);
