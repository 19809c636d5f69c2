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

    /// <summary>SHA-256 of a file's bytes, lower-case hexadecimal.</summary>
    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
