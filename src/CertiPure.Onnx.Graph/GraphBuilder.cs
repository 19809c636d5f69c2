using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CertiPure.Onnx.Graph.Protocol;
using Google.Protobuf;

namespace CertiPure.Onnx.Graph;

/// <summary>
/// Writes a network as an ONNX graph of the standard operators of opset 17, value by value, as a forward pass computes it. The number
/// of images stays open; all else is fixed. Equal constants are stored once.
/// </summary>
public sealed partial class GraphBuilder
{
    /// <summary>The first dimension of whatever depends on the images.</summary>
    public const long Batch = -1;

    // ONNX's Reshape reads 0 as "this dimension as it was".
    private const long Kept = 0;

    // Tells the products of linear layers from others.
    private const string LinearName = "linear";

    private readonly GraphProto _graph = new() { Name = "certipure" };
    private readonly Dictionary<string, GraphValue> _constants = [];
    private int _values;

    /// <summary>Declares the graph's input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The dimensions of one image.</param>
    public GraphValue Input(string name, params long[] shape)
    {
        var input = new GraphValue(name, [Batch, .. shape]);
        _graph.Input.Add(Describe(input, name));
        return input;
    }

    /// <summary>A constant tensor of float32 values, in C order.</summary>
    /// <param name="values">As many as the dimensions make.</param>
    /// <param name="shape">Its dimensions; none for a single number.</param>
    public GraphValue Constant(ReadOnlySpan<float> values, params long[] shape) =>
        Store(TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A constant number.</summary>
    public GraphValue Constant(double value) => Constant([(float)value]);

    /// <summary>Ends the graph.</summary>
    /// <param name="output">What it gives.</param>
    /// <param name="name">The output's name.</param>
    /// <param name="metadata">What to say about it in the file.</param>
    public GraphModel Build(GraphValue output, string name, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(metadata);
        var named = new NodeProto { OpType = "Identity", Name = name };
        named.Input.Add(output.Name);
        named.Output.Add(name);
        _graph.Node.Add(named);
        _graph.Output.Add(Describe(output, name));
        return new GraphModel(_graph, metadata);
    }

    private static ValueInfoProto Describe(GraphValue value, string name)
    {
        var shape = new TensorShapeProto();
        foreach (long size in value.Shape)
        {
            shape.Dim.Add(size == Batch
                ? new TensorShapeProto.Types.Dimension { DimParam = GraphModel.BatchName }
                : new TensorShapeProto.Types.Dimension { DimValue = size });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape },
            },
        };
    }

    private GraphValue Indices(params long[] values) =>
        Store(TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes<long>(values), values.Length);

    private GraphValue Store(TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, params long[] shape)
    {
        string key = $"{type} {string.Join(',', shape)} {Convert.ToHexString(SHA256.HashData(bytes))}";
        if (_constants.TryGetValue(key, out GraphValue? known))
        {
            return known;
        }

        var constant = new GraphValue(Name("constant", _constants.Count), shape);
        var tensor = new TensorProto { Name = constant.Name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.Add(shape);
        _graph.Initializer.Add(tensor);
        _constants.Add(key, constant);
        return constant;
    }

    /// <summary>Whether a node is the product of a linear layer, as <see cref="Linear"/> names it.</summary>
    internal static bool IsLinear(NodeProto node) => node.OpType == "MatMul" && node.Name.StartsWith(LinearName, StringComparison.Ordinal);

    private GraphValue Add(string type, IReadOnlyList<long> shape, IEnumerable<GraphValue> inputs, params AttributeProto[] attributes) =>
        AddNamed("value", type, shape, inputs, attributes);

    private GraphValue AddNamed(
        string kind, string type, IReadOnlyList<long> shape, IEnumerable<GraphValue> inputs, params AttributeProto[] attributes)
    {
        var result = new GraphValue(Name(kind, _values++), shape);
        var node = new NodeProto { OpType = type, Name = result.Name };
        node.Input.Add(inputs.Select(input => input.Name));
        node.Output.Add(result.Name);
        node.Attribute.Add(attributes);
        _graph.Node.Add(node);
        return result;
    }

    private static string Name(string kind, int number) => kind + number.ToString(CultureInfo.InvariantCulture);

    private static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Attribute(string name, double value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    private static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }
}

/// <summary>A tensor that a graph computes, holds or is given.</summary>
public sealed record GraphValue
{
    internal GraphValue(string name, IReadOnlyList<long> shape) => (Name, Shape) = (name, shape);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its dimensions. The first is <see cref="GraphBuilder.Batch"/> for whatever depends on the images.</summary>
    public IReadOnlyList<long> Shape { get; }
}
