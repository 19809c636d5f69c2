using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>Group normalisation (Wu and He 2018). TorchSharp's own layer starts with whatever the memory held.</summary>
public sealed class GroupNormLayer : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    // TorchSharp finds these by their registered names when it converts or moves the layer.
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly long _groups;
    private readonly double _epsilon;

    /// <summary>A layer that passes on the normalised values: weights one, biases zero.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="groups">The number of groups, a divisor of the channels; null for Karras et al. 2022's choice, at most 32
    /// of at least 4 channels each.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNormLayer(long channels, double epsilon, long? groups = null)
        : base(nameof(GroupNormLayer))
    {
        _groups = groups ?? Math.Clamp(channels / 4, 1, 32);
        if (channels < 1 || channels % _groups != 0)
        {
            throw new ArgumentException(
                $"a layer has {channels} channels, which {_groups} normalisation groups do not divide; change the network's channels");
        }

        _epsilon = epsilon;
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.group_norm(input, _groups, weight, bias, _epsilon);

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input) => Write(graph, input, weight, bias);

    /// <summary>Scales and shifts each channel of the result, at no cost of its own.</summary>
    /// <param name="input"><c>[N,C,H,W]</c>.</param>
    /// <param name="scale">What to multiply with, <c>[C]</c>.</param>
    /// <param name="shift">What to add then, <c>[C]</c>.</param>
    public Tensor NormalizeScaleAndShift(Tensor input, Tensor scale, Tensor shift)
    {
        using Tensor scaledWeight = weight * scale, scaledBias = addcmul(shift.to(bias.dtype), bias, scale.to(bias.dtype), 1);
        return nn.functional.group_norm(input, _groups, scaledWeight, scaledBias, _epsilon);
    }

    /// <summary>The same as a piece of a graph.</summary>
    public GraphValue WriteScaledAndShifted(GraphBuilder graph, GraphValue input, Tensor scale, Tensor shift)
    {
        using Tensor scaledWeight = weight * scale, scaledBias = (bias * scale) + shift;
        return Write(graph, input, scaledWeight, scaledBias);
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator)
    {
        weight.fill_(1);
        bias.zero_();
    }

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }

    private GraphValue Write(GraphBuilder graph, GraphValue input, Tensor scale, Tensor shift)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue normalized = graph.NormalizeGroups(input, _groups, _epsilon);
        long channels = weight.shape[0];
        return graph.Add(graph.Multiply(normalized, graph.Constant(scale, channels, 1, 1)), graph.Constant(shift, channels, 1, 1));
    }
}
