using System.Globalization;
using System.Text.Json.Serialization;
using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The CIFAR ResNet of depth 6n + 2 with projecting shortcuts that the randomized-smoothing literature trains
/// (Cohen et al. 2019: depth 110), in its published code's parameter names.</summary>
public sealed class ResNet110 : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly nn.Module<Tensor, Tensor> conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly nn.Module<Tensor, Tensor> layer1;
    private readonly nn.Module<Tensor, Tensor> layer2;
    private readonly nn.Module<Tensor, Tensor> layer3;
    private readonly nn.Module<Tensor, Tensor> fc;

    /// <summary>Makes the network.</summary>
    /// <param name="options">Its depth and classes.</param>
    /// <exception cref="ArgumentException">The depth is not 6n + 2.</exception>
    public ResNet110(ResNet110Options options)
        : base(nameof(ResNet110))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Depth < 8 || (options.Depth - 2) % 6 != 0)
        {
            throw new ArgumentException($"depth {options.Depth} must be 6n + 2", nameof(options));
        }

        int blocks = (options.Depth - 2) / 6;
        conv1 = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(16);
        layer1 = Stage(16, 16, blocks, 1);
        layer2 = Stage(16, 32, blocks, 2);
        layer3 = Stage(32, 64, blocks, 2);
        fc = nn.Linear(64, options.ClassCount);
        RegisterComponents();
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<ResNet110Options>(
        nameof(ResNet110), options => new ResNet110(options));

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,3,32,32]</c>, normalised as the network was trained.</param>
    /// <returns><c>[N,classes]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = nn.functional.relu(bn1.call(conv1.call(input)));
        h = layer3.call(layer2.call(layer1.call(h)));
        return fc.call(h.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue hidden = graph.Relu(graph.WriteNormalized(conv1, (BatchNorm2d)bn1, input));
        hidden = graph.Write(layer3, graph.Write(layer2, graph.Write(layer1, hidden)));
        return graph.Write(fc, graph.MeanOfPixels(hidden));
    }

    private static nn.Module<Tensor, Tensor> Stage(int inputs, int outputs, int blocks, int stride) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(i => (
            i.ToString(CultureInfo.InvariantCulture),
            (nn.Module<Tensor, Tensor>)ResNetBlock.Basic(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1))));
}

/// <summary>The arguments of <see cref="ResNet110"/>.</summary>
public sealed record ResNet110Options : INetworkOptions
{
    /// <summary>6n + 2 layers.</summary>
    public int Depth { get; init; } = 110;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;

    double INetworkOptions.LeastWeights => LayerWeights.Blocks((Depth - 2.0) / 6, 64) + LayerWeights.Dense(64, ClassCount);
}
