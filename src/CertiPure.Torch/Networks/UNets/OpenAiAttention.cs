using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>Self-attention over all pixels, as OpenAI's UNets have it. The published networks differ in the form of the joint layer of
/// queries, keys and values (<see cref="AttentionForm"/>).</summary>
internal sealed class OpenAiAttention : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly nn.Module<Tensor, Tensor>? norm;
    private readonly nn.Module<Tensor, Tensor> qkv;
    private readonly nn.Module<Tensor, Tensor> proj_out;
    private readonly int _heads;
    private readonly AttentionForm _form;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="plan">The network's shape.</param>
    /// <param name="groups">Groups of its normalisation, 0 for none.</param>
    public OpenAiAttention(int channels, UNetPlan plan, int groups)
        : base(nameof(OpenAiAttention))
    {
        _heads = plan.Heads(channels);
        if (_heads < 1 || channels % _heads != 0)
        {
            throw new ArgumentException(
                $"a layer with attention has {channels} channels, which {_heads} heads do not divide; change num_channels or num_heads");
        }

        _form = plan.Attention;
        norm = groups == 0 ? null : new GroupNormLayer(channels, plan.Epsilon, groups);
        qkv = Pointwise(channels, 3 * channels);
        proj_out = ZeroInitialization.Apply(Pointwise(channels, channels));
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
        bool overPixels = _form == AttentionForm.QueriesFirstOverPixels;
        Tensor normed = norm is null ? x : norm.call(x);
        Tensor joint = qkv.call(overPixels ? normed : normed.flatten(2));
        Tensor[] parts = _form == AttentionForm.HeadsFirst
            ? joint.reshape(count, _heads, 3, perHead, pixels).unbind(2)
            : joint.reshape(count, 3, _heads, perHead, pixels).unbind(1);

        // Scaling both factors by the fourth root keeps half precision from overflowing where their product would.
        double scale = 1 / Math.Sqrt(Math.Sqrt(perHead));
        Tensor weights = matmul((parts[0] * scale).transpose(-2, -1), parts[1] * scale).softmax(-1);
        Tensor attended = matmul(parts[2], weights.transpose(-2, -1));
        attended = overPixels ? attended.reshape(x.shape) : attended.reshape(count, channels, pixels);
        return (x + proj_out.call(attended).reshape(x.shape)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        (long channels, long height, long width) = (input.Shape[1], input.Shape[2], input.Shape[3]);
        GraphValue joint = graph.Write(qkv, norm is null ? input : graph.Write(norm, input));
        (int axis, GraphValue parts) = _form == AttentionForm.HeadsFirst
            ? (2, graph.Reshape(joint, _heads, 3, channels / _heads, height * width))
            : (1, graph.Reshape(joint, 3, _heads, channels / _heads, height * width));
        GraphValue attended = graph.Attend(graph.Select(parts, axis, 0), graph.Select(parts, axis, 1), graph.Select(parts, axis, 2));
        return graph.Add(input, graph.Write(proj_out, graph.Reshape(attended, channels, height, width)));
    }

    private nn.Module<Tensor, Tensor> Pointwise(int inputs, int outputs) =>
        _form == AttentionForm.QueriesFirstOverPixels ? nn.Conv2d(inputs, outputs, 1) : nn.Conv1d(inputs, outputs, 1);
}
