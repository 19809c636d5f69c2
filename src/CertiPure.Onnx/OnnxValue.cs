using System.Globalization;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CertiPure.Onnx;

/// <summary>An input or output of an ONNX model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements, such as <c>Float</c>; <c>unknown</c> where the file does not say, or it is not a tensor.</param>
/// <param name="Dimensions">Its dimensions: a number, a name where it is open, <c>?</c> where it is open without a name.</param>
public sealed record OnnxValue(string Name, string Type, IReadOnlyList<string> Dimensions)
{
    private const string Unknown = "unknown";
    private const int ValueName = 1, ValueType = 2, TypeTensor = 1, TensorElement = 1, TensorShape = 2;
    private const int ShapeDimension = 1, DimensionNumber = 1, DimensionName = 2;

    /// <summary>In words: <c>'scores' (Float [N,10])</c>.</summary>
    public override string ToString() => $"'{Name}' ({Type} [{string.Join(',', Dimensions)}])";

    /// <summary>Reads a <c>ValueInfoProto</c>.</summary>
    internal static OnnxValue Read(ReadOnlySpan<byte> info)
    {
        string name = "";
        string type = Unknown;
        var dimensions = new List<string>();
        var reader = new WireReader(info);
        while (reader.Next())
        {
            if (reader.Field == ValueName)
            {
                name = Encoding.UTF8.GetString(reader.Bytes);
            }
            else if (reader.Field == ValueType && Find(reader.Bytes, TypeTensor, out ReadOnlySpan<byte> tensor))
            {
                type = ReadTensor(tensor, dimensions);
            }
        }

        return new OnnxValue(name, type, dimensions);
    }

    private static string ReadTensor(ReadOnlySpan<byte> tensor, List<string> dimensions)
    {
        string type = Unknown;
        var reader = new WireReader(tensor);
        while (reader.Next())
        {
            if (reader.Field == TensorElement)
            {
                type = ((TensorElementType)reader.Number).ToString();
            }
            else if (reader.Field == TensorShape)
            {
                var shape = new WireReader(reader.Bytes);
                while (shape.Next())
                {
                    if (shape.Field == ShapeDimension)
                    {
                        dimensions.Add(ReadDimension(shape.Bytes));
                    }
                }
            }
        }

        return type;
    }

    private static string ReadDimension(ReadOnlySpan<byte> dimension)
    {
        var reader = new WireReader(dimension);
        return !reader.Next() ? "?"
            : reader.Field == DimensionNumber ? ((long)reader.Number).ToString(CultureInfo.InvariantCulture)
            : reader.Field == DimensionName && !reader.Bytes.IsEmpty ? Encoding.UTF8.GetString(reader.Bytes)
            : "?";
    }

    private static bool Find(ReadOnlySpan<byte> message, int field, out ReadOnlySpan<byte> found)
    {
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                found = reader.Bytes;
                return true;
            }
        }

        found = default;
        return false;
    }
}
