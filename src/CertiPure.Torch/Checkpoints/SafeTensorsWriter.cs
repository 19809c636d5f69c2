using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CertiPure.Torch.Checkpoints;

/// <summary>Writes safetensors files: deterministic, and complete or not at all.</summary>
internal static class SafeTensorsWriter
{
    public static void Write(string path, Checkpoint checkpoint, ElementType? floatingPoint)
    {
        if (floatingPoint is not (null or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32))
        {
            throw new ArgumentOutOfRangeException(nameof(floatingPoint), floatingPoint, "Choose Float16, BFloat16 or Float32.");
        }

        if (checkpoint.TryGet("__metadata__", out _))
        {
            throw new CertiPureException($"The checkpoint '{path}' cannot be written: safetensors keeps the name "
                + "'__metadata__' for itself, so no tensor may have it.");
        }

        List<(CheckpointTensor Tensor, ElementType Type)> ordered =
        [
            .. checkpoint.Tensors
                .Select(tensor => (Tensor: tensor, Type: StoredAs(tensor, floatingPoint)))
                .OrderByDescending(entry => entry.Type.Size())
                .ThenBy(entry => entry.Tensor.Name, StringComparer.Ordinal),
        ];
        byte[] header = Header(ordered, checkpoint.Metadata);
        OutputTarget.Write(path, temporary =>
        {
            using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write);
            stream.Write(header);
            foreach ((CheckpointTensor tensor, ElementType type) in ordered)
            {
                WriteTensor(stream, path, tensor, type);
            }

            stream.Flush(flushToDisk: true);
        });
    }

    private static ElementType StoredAs(CheckpointTensor tensor, ElementType? floatingPoint) =>
        tensor.ElementType.IsFloatingPoint() ? floatingPoint ?? tensor.ElementType : tensor.ElementType;

    private static byte[] Header(
        List<(CheckpointTensor Tensor, ElementType Type)> ordered, IReadOnlyDictionary<string, string> metadata)
    {
        var json = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(json, options))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0)
            {
                writer.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            long offset = 0;
            foreach ((CheckpointTensor tensor, ElementType type) in ordered)
            {
                long end = offset + (tensor.ElementCount * type.Size());
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", type.SafeTensorsName());
                WriteArray(writer, "shape", tensor.Shape);
                WriteArray(writer, "data_offsets", [offset, end]);
                writer.WriteEndObject();
                offset = end;
            }

            writer.WriteEndObject();
        }

        // Spaces up to a multiple of eight: the data, largest elements first, is then aligned for programs that map the file.
        int length = (json.WrittenCount + 7) & ~7;
        var header = new byte[8 + length];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        json.WrittenSpan.CopyTo(header.AsSpan(8));
        header.AsSpan(8 + json.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static void WriteArray(Utf8JsonWriter writer, string name, IReadOnlyList<long> values)
    {
        writer.WriteStartArray(name);
        foreach (long value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private static void WriteTensor(FileStream stream, string path, CheckpointTensor tensor, ElementType type)
    {
        if (type == tensor.ElementType)
        {
            tensor.ForEachChunk((chunk, _) => stream.Write(chunk));
            return;
        }

        float[] values = [];
        byte[] converted = [];
        tensor.ForEachChunk((chunk, _) =>
        {
            int count = chunk.Length / tensor.ElementType.Size();
            if (values.Length < count)
            {
                values = new float[count];
                converted = new byte[count * type.Size()];
            }

            Span<float> singles = values.AsSpan(0, count);
            ElementConversion.ToSingles(tensor.ElementType, chunk, singles);
            if (type == ElementType.Float16)
            {
                RefuseOverflow(path, tensor, singles);
            }

            Span<byte> bytes = converted.AsSpan(0, count * type.Size());
            ElementConversion.FromSingles(singles, type, bytes);
            stream.Write(bytes);
        });
    }

    private static void RefuseOverflow(string path, CheckpointTensor tensor, ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (float.IsFinite(value) && Half.IsInfinity((Half)value))
            {
                throw new CertiPureException($"The checkpoint '{path}' cannot be written in half precision: "
                    + $"'{tensor.Name}' holds {value:R}, above the largest half, 65504; use bf16 or fp32.");
            }
        }
    }
}
