using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CertiPure.Onnx.Graph.Protocol;
using Google.Protobuf;

namespace CertiPure.Onnx.Graph;

/// <summary>An ONNX model: a graph with its weights and what its file says about it.</summary>
public sealed class GraphModel
{
    /// <summary>The name of the open dimension, the number of images.</summary>
    public const string BatchName = "batch";

    private const int RepresentationVersion = 8;
    private const int OperatorSet = 17;

    private readonly ModelProto _model;

    internal GraphModel(GraphProto graph, IReadOnlyDictionary<string, string> metadata)
    {
        Metadata = metadata;
        _model = new ModelProto
        {
            IrVersion = RepresentationVersion,
            ProducerName = "CertiPure",
            ProducerVersion = typeof(GraphModel).Assembly.GetName().Version!.ToString(3),
            Graph = graph,
        };
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        _model.MetadataProps.Add(metadata
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
    }

    /// <summary>What the file says about the model.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    internal GraphProto Graph => _model.Graph;

    /// <summary>The file's bytes: the same for the same model.</summary>
    /// <exception cref="CertiPureException">The model has 2 GB or more, which the format cannot hold in one file.</exception>
    public byte[] ToBytes()
    {
        long size = _model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length);
        return size < Array.MaxLength - (1 << 24)
            ? _model.ToByteArray()
            : throw new CertiPureException($"The network's weights have {size} bytes, and an ONNX file ends at 2 GB.");
    }

    /// <summary>The same model in half precision, for graphics cards: weights and activations in float16, input and output in
    /// float32.</summary>
    /// <param name="metadata">What to say about the new model in its file.</param>
    public GraphModel ToHalf(IReadOnlyDictionary<string, string> metadata)
    {
        GraphProto graph = Graph.Clone();
        foreach (TensorProto tensor in graph.Initializer.Where(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float))
        {
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);
            var halves = new Half[values.Length];
            TensorPrimitives.ConvertToHalf(values, halves);
            tensor.DataType = (int)TensorProto.Types.DataType.Float16;
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves));
        }

        string input = graph.Input[0].Name, half = input + "_half";
        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == input ? half : node.Input[i];
            }
        }

        graph.Node.Insert(0, Cast(input, half, TensorProto.Types.DataType.Float16));
        // The last node gives the output its name.
        NodeProto last = graph.Node[^1];
        graph.Node[^1] = Cast(last.Input[0], last.Output[0], TensorProto.Types.DataType.Float);
        return new GraphModel(graph, metadata);

        static NodeProto Cast(string from, string to, TensorProto.Types.DataType type)
        {
            var cast = new NodeProto { OpType = "Cast", Name = to };
            cast.Input.Add(from);
            cast.Output.Add(to);
            cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)type });
            return cast;
        }
    }

    /// <summary>The same model with further outputs.</summary>
    /// <param name="names">Tensors of the graph, in float32.</param>
    public GraphModel WithOutputs(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        GraphProto graph = Graph.Clone();
        var known = graph.Output.Select(output => output.Name).ToHashSet();
        graph.Output.Add(names.Where(name => !known.Contains(name)).Select(name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        return new GraphModel(graph, Metadata);
    }

    /// <summary>SHA-256 of a file's bytes, lower-case hexadecimal.</summary>
    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
