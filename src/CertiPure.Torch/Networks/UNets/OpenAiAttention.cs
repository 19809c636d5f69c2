using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>Self-attention over all pixels, as OpenAI's UNets have it. The published networks differ in two things: the
/// kernels' dimensions, and the order of the joint channels of queries, keys and values.</summary>
internal sealed class OpenAiAttention : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly nn.Module<Tensor, Tensor> norm;
    private readonly nn.Module<Tensor, Tensor> qkv;
    private readonly nn.Module<Tensor, Tensor> proj_out;
    private readonly int _heads;
    private readonly bool _headsFirst;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="headsFirst">True: channels are ordered (head, qkv, channel) and kernels are one-dimensional, as in
    /// improved diffusion; false: (qkv, head, channel) and two-dimensional, as in the consistency models.</param>
    public OpenAiAttention(int channels, int heads, bool headsFirst)
        : base(nameof(OpenAiAttention))
    {
        if (heads < 1 || channels % heads != 0)
        {
            throw new ArgumentException(
                $"a layer with attention has {channels} channels, which {heads} heads do not divide; change num_channels or num_heads");
        }

        _heads = heads;
        _headsFirst = headsFirst;
        norm = new GroupNormLayer(channels, 1e-5, groups: 32);
        qkv = headsFirst ? nn.Conv1d(channels, 3 * channels, 1) : nn.Conv2d(channels, 3 * channels, 1);
        proj_out = ZeroInitialization.Apply(
            headsFirst ? nn.Conv1d(channels, channels, 1) : nn.Conv2d(channels, channels, 1));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => ZeroInitialization.Apply(proj_out);

    /// <summary>Applies attention and adds its result.</summary>
    /// <param name="x"><c>[N,channels,H,W]</c>.</param>
    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = x.shape[0];
        long channels = x.shape[1];
        long pixels = x.shape[2] * x.shape[3];
        long perHead = channels / _heads;
        Tensor normed = norm.call(x);
        Tensor joint = qkv.call(_headsFirst ? normed.flatten(2) : normed);
        Tensor[] parts = _headsFirst
            ? joint.reshape(count, _heads, 3, perHead, pixels).unbind(2)
            : joint.reshape(count, 3, _heads, perHead, pixels).unbind(1);

        // Scaling both factors by the fourth root keeps half precision from overflowing where their product would.
        double scale = 1 / Math.Sqrt(Math.Sqrt(perHead));
        Tensor weights = matmul((parts[0] * scale).transpose(-2, -1), parts[1] * scale).softmax(-1);
        Tensor attended = matmul(parts[2], weights.transpose(-2, -1));
        attended = _headsFirst ? attended.reshape(count, channels, pixels) : attended.reshape(x.shape);
        return (x + proj_out.call(attended).reshape(x.shape)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        (long channels, long height, long width) = (input.Shape[1], input.Shape[2], input.Shape[3]);
        GraphValue joint = graph.Write(qkv, graph.Write(norm, input));
        (int axis, GraphValue parts) = _headsFirst
            ? (2, graph.Reshape(joint, _heads, 3, channels / _heads, height * width))
            : (1, graph.Reshape(joint, 3, _heads, channels / _heads, height * width));
        GraphValue attended = graph.Attend(graph.Select(parts, axis, 0), graph.Select(parts, axis, 1), graph.Select(parts, axis, 2));
        return graph.Add(input, graph.Write(proj_out, graph.Reshape(attended, channels, height, width)));
    }
}
