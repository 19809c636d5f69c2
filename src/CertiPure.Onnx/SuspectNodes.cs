using System.Text;

namespace CertiPure.Onnx;

/// <summary>Finds in an ONNX file the nodes because of which an answer may be more than a function of one image. Reads the protocol
/// buffers' wire format (onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto) as far as that takes.</summary>
internal static class SuspectNodes
{
    // Subgraphs of subgraphs: real models nest two or three deep, hostile ones may not exhaust the stack.
    private const int MaxDepth = 32;

    private const int ModelGraph = 7, ModelFunctions = 25;
    private const int GraphNode = 1, FunctionNode = 7;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOperation = 4, NodeAttribute = 5;
    private const int AttributeName = 1, AttributeInteger = 3, AttributeGraph = 6, AttributeGraphs = 11;

    /// <summary>Finds them, subgraphs and functions included.</summary>
    /// <param name="model">The file's bytes, which ONNX Runtime has loaded.</param>
    public static IReadOnlyList<SuspectNode> In(ReadOnlySpan<byte> model)
    {
        var found = new List<SuspectNode>();
        var reader = new WireReader(model);
        while (reader.Next())
        {
            if (reader.Field == ModelGraph)
            {
                ReadNodes(reader.Bytes, GraphNode, found, 0);
            }
            else if (reader.Field == ModelFunctions)
            {
                ReadNodes(reader.Bytes, FunctionNode, found, 0);
            }
        }

        return found;
    }

    private static void ReadNodes(ReadOnlySpan<byte> graph, int nodeField, List<SuspectNode> found, int depth)
    {
        var reader = new WireReader(graph);
        while (depth < MaxDepth && reader.Next())
        {
            if (reader.Field == nodeField)
            {
                ReadNode(reader.Bytes, found, depth);
            }
        }
    }

    private static void ReadNode(ReadOnlySpan<byte> node, List<SuspectNode> found, int depth)
    {
        string operation = "", name = "", output = "";
        int inputs = 0;
        bool isTraining = false;
        var reader = new WireReader(node);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NodeInput:
                    inputs++;
                    break;
                case NodeOutput:
                    output = output.Length > 0 ? output : Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case NodeName:
                    name = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case NodeOperation:
                    operation = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                case NodeAttribute:
                    isTraining |= ReadAttribute(reader.Bytes, found, depth);
                    break;
            }
        }

        SuspectKind? kind = operation switch
        {
            "RandomNormal" or "RandomNormalLike" or "RandomUniform" or "RandomUniformLike" or "Bernoulli" or "Multinomial" =>
                SuspectKind.Random,
            "DynamicQuantizeLinear" or "DynamicQuantizeMatMul" or "DynamicQuantizeLSTM" => SuspectKind.DynamicQuantization,
            // From opset 12 on Dropout's third input says whether it trains; without it, it does nothing.
            "Dropout" when inputs >= 3 => SuspectKind.TrainingDropout,
            "BatchNormalization" when isTraining => SuspectKind.BatchStatistics,
            _ => null,
        };
        if (kind is { } suspect)
        {
            found.Add(new SuspectNode(name.Length > 0 ? name : output, operation, suspect));
        }
    }

    /// <summary>Reads an attribute's subgraphs.</summary>
    /// <returns>Whether it is a <c>training_mode</c> that is on.</returns>
    private static bool ReadAttribute(ReadOnlySpan<byte> attribute, List<SuspectNode> found, int depth)
    {
        bool isTrainingMode = false, isOn = false;
        var reader = new WireReader(attribute);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case AttributeName:
                    isTrainingMode = reader.Bytes.SequenceEqual("training_mode"u8);
                    break;
                case AttributeInteger:
                    isOn = reader.Number != 0;
                    break;
                case AttributeGraph:
                case AttributeGraphs:
                    ReadNodes(reader.Bytes, GraphNode, found, depth + 1);
                    break;
            }
        }

        return isTrainingMode && isOn;
    }
}
