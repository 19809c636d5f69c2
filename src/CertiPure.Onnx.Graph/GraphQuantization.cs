using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CertiPure.Onnx.Graph.Protocol;
using Google.Protobuf;
using DataType = CertiPure.Onnx.Graph.Protocol.TensorProto.Types.DataType;

namespace CertiPure.Onnx.Graph;

/// <summary>
/// Makes a network's convolutions and the linear layers of its tokens compute in 8 bits: their inputs, weights and outputs go through
/// QuantizeLinear and DequantizeLinear, which runtimes fuse into integer kernels. Weights have a scale per output channel. Everything
/// else stays in fp32: normalisation, attention's products, the sums of residual branches, and layers of few channels, such as those next
/// to the image, which cost little time and much accuracy.
/// </summary>
public sealed class GraphQuantization
{
    /// <summary>Layers of fewer input or output channels stay in fp32: those next to images and logits, images in patches of 4x4 (48
    /// channels for three colours) included.</summary>
    public const int LeastChannels = 64;

    private readonly GraphModel _model;
    private readonly Dictionary<string, TensorProto> _weights;
    private readonly Dictionary<string, List<NodeProto>> _consumers = [];
    private readonly List<NodeProto> _quantized = [];

    /// <summary>Finds what is to be quantised.</summary>
    /// <param name="model">A graph in fp32.</param>
    public GraphQuantization(GraphModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _weights = model.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        foreach (NodeProto node in model.Graph.Node)
        {
            foreach (string input in node.Input)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_consumers, input, out _) ??= []).Add(node);
            }

            if (IsQuantized(node))
            {
                _quantized.Add(node);
            }
        }
    }

    /// <summary>The tensors whose ranges decide the levels: inputs and outputs of what is quantised.</summary>
    public IReadOnlyList<string> Observed =>
        [.. _quantized.SelectMany(node => IsConvolution(node) ? [node.Input[0], Result(node)] : new[] { node.Input[0] }).Distinct()];

    /// <summary>Quantises.</summary>
    /// <param name="ranges">The ranges of <see cref="Observed"/>.</param>
    /// <param name="weightBits">8; 7 for processors whose sums of two 8-bit products overflow 16 bits (x86 without VNNI).</param>
    /// <param name="metadata">What to say about the new model in its file.</param>
    public GraphModel Apply(
        IReadOnlyDictionary<string, ActivationRange> ranges, int weightBits, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentOutOfRangeException.ThrowIfLessThan(weightBits, 7);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weightBits, 8);
        var writer = new Writer(this, ranges, (1 << (weightBits - 1)) - 1);
        return new GraphModel(writer.Write(), metadata);
    }

    private static bool IsConvolution(NodeProto node) => node.OpType == "Conv";

    private bool IsQuantized(NodeProto node)
    {
        if (!(IsConvolution(node) || GraphBuilder.IsLinear(node)) || !_weights.TryGetValue(node.Input[1], out TensorProto? weight))
        {
            return false;
        }

        long groups = node.Attribute.FirstOrDefault(attribute => attribute.Name == "group")?.I ?? 1;
        return Math.Min(weight.Dims[0], weight.Dims[1] * groups) >= LeastChannels;
    }

    // Where ReLU follows alone, the levels start at zero and do its work.
    private NodeProto? FollowingRelu(NodeProto node) =>
        _consumers.GetValueOrDefault(node.Output[0]) is [{ OpType: "Relu" } relu] ? relu : null;

    private string Result(NodeProto node) => (FollowingRelu(node) ?? node).Output[0];

    /// <summary>Writes the new graph.</summary>
    private sealed class Writer(GraphQuantization source, IReadOnlyDictionary<string, ActivationRange> ranges, int largestWeight)
    {
        private readonly GraphProto _graph = new() { Name = source._model.Graph.Name };
        private readonly Dictionary<string, string> _dequantized = [];
        private readonly Dictionary<string, (string Name, float[] Scales)> _quantizedWeights = [];
        private readonly HashSet<NodeProto> _absorbed = [];

        public GraphProto Write()
        {
            GraphProto old = source._model.Graph;
            var quantized = source._quantized.ToHashSet();
            foreach (NodeProto node in old.Node)
            {
                if (quantized.Contains(node))
                {
                    Quantize(node);
                }
                else if (!_absorbed.Contains(node))
                {
                    _graph.Node.Add(node.Clone());
                }
            }

            var used = _graph.Node.SelectMany(node => node.Input).ToHashSet();
            _graph.Initializer.Add(old.Initializer.Where(tensor => used.Contains(tensor.Name)).Select(tensor => tensor.Clone()));
            _graph.Input.Add(old.Input.Select(input => input.Clone()));
            _graph.Output.Add(old.Output.Select(output => output.Clone()));
            return _graph;
        }

        private void Quantize(NodeProto node)
        {
            NodeProto layer = node.Clone();
            string input = node.Input[0];
            ActivationRange inputRange = ranges[input];
            layer.Input[0] = InEightBits(input, inputRange);
            bool isConvolution = IsConvolution(node);
            (layer.Input[1], float[] scales) = Weight(node.Input[1], isConvolution ? 0 : 1);
            if (!isConvolution)
            {
                _graph.Node.Add(layer);
                return;
            }

            if (node.Input.Count > 2)
            {
                layer.Input[2] = Bias(node, inputRange.Scale, scales);
            }

            NodeProto? relu = source.FollowingRelu(node);
            string result = source.Result(node);
            ActivationRange range = relu is null ? ranges[result] : ranges[result] with { Minimum = 0 };
            layer.Output[0] = result + "_exact";
            _graph.Node.Add(layer);
            Convert(layer.Output[0], result, range);
            _dequantized[result] = result;
            if (relu is not null)
            {
                _absorbed.Add(relu);
            }
        }

        /// <summary>The tensor after it has been through 8 bits.</summary>
        private string InEightBits(string name, ActivationRange range)
        {
            if (!_dequantized.TryGetValue(name, out string? converted))
            {
                converted = name + "_8";
                Convert(name, converted, range);
                _dequantized.Add(name, converted);
            }

            return converted;
        }

        private void Convert(string from, string to, ActivationRange range)
        {
            string scale = Constant($"{to}_scale", DataType.Float, Bytes([range.Scale])), zero = Constant($"{to}_zero", DataType.Uint8, [range.ZeroPoint]);
            AddNode("QuantizeLinear", $"{to}_levels", [from, scale, zero]);
            AddNode("DequantizeLinear", to, [$"{to}_levels", scale, zero]);
        }

        private (string Name, float[] Scales) Weight(string name, int axis)
        {
            if (_quantizedWeights.TryGetValue(name, out (string Name, float[] Scales) known))
            {
                return known;
            }

            TensorProto weight = source._weights[name];
            float[] values = MemoryMarshal.Cast<byte, float>(weight.RawData.Span).ToArray();
            // Convolutions have [out,...], linear layers [in,out].
            int outputs = (int)weight.Dims[axis], stride = axis == 0 ? 1 : outputs, perOutput = values.Length / outputs;
            int Index(int output, int i) => axis == 0 ? (output * perOutput) + i : (i * stride) + output;
            var scales = new float[outputs];
            var levels = new byte[values.Length];
            for (int output = 0; output < outputs; output++)
            {
                float largest = 0;
                for (int i = 0; i < perOutput; i++)
                {
                    largest = Math.Max(largest, Math.Abs(values[Index(output, i)]));
                }

                scales[output] = largest > 0 ? largest / largestWeight : 1;
                for (int i = 0; i < perOutput; i++)
                {
                    levels[Index(output, i)] = (byte)(sbyte)Math.Clamp(
                        MathF.Round(values[Index(output, i)] / scales[output]), -largestWeight, largestWeight);
                }
            }

            string scale = Constant($"{name}_scale", DataType.Float, Bytes(scales), outputs);
            string zero = Constant($"{name}_zero", DataType.Int8, new byte[outputs], outputs);
            string stored = Constant($"{name}_levels", DataType.Int8, levels, [.. weight.Dims]);
            AddNode("DequantizeLinear", $"{name}_8", [stored, scale, zero], axis);
            return _quantizedWeights[name] = ($"{name}_8", scales);
        }

        private string Bias(NodeProto node, float inputScale, float[] weightScales)
        {
            ReadOnlySpan<float> bias = MemoryMarshal.Cast<byte, float>(source._weights[node.Input[2]].RawData.Span);
            var scales = new float[weightScales.Length];
            byte[] levels = new byte[4 * scales.Length];
            for (int i = 0; i < scales.Length; i++)
            {
                scales[i] = inputScale * weightScales[i];
                int level = (int)Math.Clamp(Math.Round((double)bias[i] / scales[i]), -int.MaxValue, int.MaxValue);
                BinaryPrimitives.WriteInt32LittleEndian(levels.AsSpan(4 * i), level);
            }

            string name = node.Output[0] + "_bias";
            string scale = Constant($"{name}_scale", DataType.Float, Bytes(scales), scales.Length);
            string zero = Constant($"{name}_zero", DataType.Int32, new byte[4 * scales.Length], scales.Length);
            string stored = Constant($"{name}_levels", DataType.Int32, levels, scales.Length);
            AddNode("DequantizeLinear", name, [stored, scale, zero], 0);
            return name;
        }

        private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

        private string Constant(string name, DataType type, byte[] bytes, params long[] shape)
        {
            var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
            tensor.Dims.Add(shape);
            _graph.Initializer.Add(tensor);
            return name;
        }

        private void AddNode(string type, string output, string[] inputs, int? axis = null)
        {
            var node = new NodeProto { OpType = type, Name = $"{output}_{type}" };
            node.Input.Add(inputs);
            node.Output.Add(output);
            if (axis is { } given)
            {
                node.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = given });
            }

            _graph.Node.Add(node);
        }
    }
}

/// <summary>The range of activations that 8 bits have to hold.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The largest value.</param>
public readonly record struct ActivationRange(float Minimum, float Maximum)
{
    // Scales keep so many bits of their fraction. The last bits of what a processor computes must not decide them, or the same
    // calibration elsewhere would hardly ever give the same file.
    private const int FractionBits = 8;
    private const int Levels = 255;

    /// <summary>The distance of two levels. Levels cover the range and zero.</summary>
    public float Scale
    {
        get
        {
            double scale = (Math.Max(Maximum, 0.0) - Math.Min(Minimum, 0.0)) / Levels;
            if (!(scale > 0))
            {
                return 1;
            }

            double unit = Math.ScaleB(1, Math.ILogB(scale) - FractionBits);
            return (float)(Math.Ceiling(scale / unit) * unit);
        }
    }

    /// <summary>The level that means zero.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(Math.Round(-Math.Min(Minimum, 0.0) / Scale), 0, Levels);
}
