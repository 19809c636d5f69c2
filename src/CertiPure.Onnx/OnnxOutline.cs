using System.Text;

namespace CertiPure.Onnx;

/// <summary>What of an ONNX file is read beside ONNX Runtime: who wrote it, the operator sets, inputs and outputs, which value each node
/// computes from which, and the files that hold weights. Reads the protocol buffers' wire format (onnx.proto) as far as that takes.</summary>
internal sealed class OnnxOutline
{
    private const int MaxDepth = 32;
    private const int ModelProducer = 2, ModelProducerVersion = 3, ModelGraph = 7, ModelOperatorSet = 8, ModelMetadata = 14, ModelFunctions = 25;
    private const int GraphNode = 1, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12, FunctionNode = 7;
    private const int NodeInput = 1, NodeOutput = 2, NodeAttribute = 5;
    private const int AttributeTensor = 5, AttributeGraph = 6, AttributeTensors = 10, AttributeGraphs = 11;
    private const int TensorName = 8, TensorExternalData = 13;

    private readonly Dictionary<string, List<string>> _inputsOf = [];
    private readonly SortedSet<string> _externalFiles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _operatorSets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _weights = [];
    private readonly List<OnnxValue> _inputs = [], _outputs = [];
    private string _producer = "", _producerVersion = "";

    private OnnxOutline()
    {
    }

    /// <summary>The files that hold weights, as the model names them.</summary>
    public IReadOnlyCollection<string> ExternalFiles => _externalFiles;

    /// <summary>The version of each operator set, by its domain; the standard one's domain is empty.</summary>
    public IReadOnlyDictionary<string, long> OperatorSets => _operatorSets;

    /// <summary>The program that wrote it, with its version; empty where it does not say.</summary>
    public string Producer => $"{_producer} {_producerVersion}".Trim();

    /// <summary>The strings beside the graph, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>What is given to the graph. Weights, which old models list too, are not.</summary>
    public IReadOnlyList<OnnxValue> Inputs => [.. _inputs.Where(input => !_weights.Contains(input.Name))];

    /// <summary>What the graph gives.</summary>
    public IReadOnlyList<OnnxValue> Outputs => _outputs;

    /// <summary>Reads an outline.</summary>
    /// <param name="model">The file's bytes; what does not fit the format ends its message.</param>
    public static OnnxOutline Of(ReadOnlySpan<byte> model)
    {
        var outline = new OnnxOutline();
        var reader = new WireReader(model);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case ModelProducer:
                    outline._producer = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case ModelProducerVersion:
                    outline._producerVersion = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case ModelMetadata:
                    (string key, string value) = ReadPair(reader.Bytes);
                    outline._metadata[key] = value;
                    break;
                case ModelGraph:
                    outline.ReadGraph(reader.Bytes, 0, isMain: true);
                    break;
                case ModelFunctions:
                    outline.ReadFunction(reader.Bytes);
                    break;
                case ModelOperatorSet:
                    outline.ReadOperatorSet(reader.Bytes);
                    break;
            }
        }

        return outline;
    }

    /// <summary>Of several values, the one that is computed from all the others; null where there is none.</summary>
    /// <param name="values">The values' names.</param>
    public string? LastOf(IReadOnlyList<string> values)
    {
        string[] last = [.. values.Where(value => values.All(other => other == value || DependsOn(value, other)))];
        return last.Length == 1 ? last[0] : null;
    }

    private bool DependsOn(string value, string other)
    {
        var seen = new HashSet<string>();
        var waiting = new Stack<string>([value]);
        while (waiting.TryPop(out string? next))
        {
            foreach (string input in _inputsOf.GetValueOrDefault(next, []))
            {
                if (input == other)
                {
                    return true;
                }

                if (seen.Add(input))
                {
                    waiting.Push(input);
                }
            }
        }

        return false;
    }

    private void ReadGraph(ReadOnlySpan<byte> graph, int depth, bool isMain)
    {
        var reader = new WireReader(graph);
        while (depth < MaxDepth && reader.Next())
        {
            if (reader.Field == GraphNode)
            {
                ReadNode(reader.Bytes, depth, isMain);
            }
            else if (reader.Field == GraphInitializer)
            {
                ReadTensor(reader.Bytes);
            }
            else if (isMain && reader.Field is (GraphInput or GraphOutput))
            {
                (reader.Field == GraphInput ? _inputs : _outputs).Add(OnnxValue.Read(reader.Bytes));
            }
        }
    }

    private void ReadFunction(ReadOnlySpan<byte> function)
    {
        var reader = new WireReader(function);
        while (reader.Next())
        {
            if (reader.Field == FunctionNode)
            {
                ReadNode(reader.Bytes, 1, isMain: false);
            }
        }
    }

    private void ReadNode(ReadOnlySpan<byte> node, int depth, bool isMain)
    {
        List<string> inputs = [], outputs = [];
        var reader = new WireReader(node);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NodeInput:
                    inputs.Add(Encoding.UTF8.GetString(reader.Bytes));
                    break;
                case NodeOutput:
                    outputs.Add(Encoding.UTF8.GetString(reader.Bytes));
                    break;
                case NodeAttribute:
                    ReadAttribute(reader.Bytes, depth);
                    break;
            }
        }

        foreach (string output in isMain ? outputs : [])
        {
            _inputsOf[output] = inputs;
        }
    }

    private void ReadAttribute(ReadOnlySpan<byte> attribute, int depth)
    {
        var reader = new WireReader(attribute);
        while (reader.Next())
        {
            if (reader.Field is AttributeTensor or AttributeTensors)
            {
                ReadTensor(reader.Bytes);
            }
            else if (reader.Field is AttributeGraph or AttributeGraphs)
            {
                ReadGraph(reader.Bytes, depth + 1, isMain: false);
            }
        }
    }

    private void ReadTensor(ReadOnlySpan<byte> tensor)
    {
        var reader = new WireReader(tensor);
        while (reader.Next())
        {
            if (reader.Field == TensorName)
            {
                _weights.Add(Encoding.UTF8.GetString(reader.Bytes));
            }
            else if (reader.Field == TensorExternalData && ReadPair(reader.Bytes) is ("location", var location))
            {
                _externalFiles.Add(location);
            }
        }
    }

    private static (string Key, string Value) ReadPair(ReadOnlySpan<byte> pair)
    {
        string key = "", value = "";
        var reader = new WireReader(pair);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                key = Encoding.UTF8.GetString(reader.Bytes);
            }
            else if (reader.Field == 2)
            {
                value = Encoding.UTF8.GetString(reader.Bytes);
            }
        }

        return (key, value);
    }

    private void ReadOperatorSet(ReadOnlySpan<byte> set)
    {
        string domain = "";
        long version = 0;
        var reader = new WireReader(set);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                domain = Encoding.UTF8.GetString(reader.Bytes);
            }
            else if (reader.Field == 2)
            {
                version = (long)reader.Number;
            }
        }

        _operatorSets[domain] = version;
    }
}
