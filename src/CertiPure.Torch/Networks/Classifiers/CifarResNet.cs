using System.Globalization;
using System.Text.Json.Serialization;
using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>
/// The CIFAR ResNet of He et al. 2016, section 4.2, with shortcuts without parameters (option A), in the parameter names of
/// akamaster/pytorch_resnet_cifar10. It takes images of any size that two halvings leave, 28x28 included.
/// </summary>
public sealed class CifarResNet : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear linear;
    private readonly int _patch;

    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CifarResNet(CifarResNetOptions options)
        : base(nameof(CifarResNet))
    {
        if (options.Depth < 8 || (options.Depth - 2) % 6 != 0)
        {
            throw new ArgumentException($"depth {options.Depth} must be 6n + 2", nameof(options));
        }

        if (options.Width < 4 || options.Width % 4 != 0 || options.Channels < 1 || options.ClassCount < 2
            || options.Patch < 1)
        {
            throw new ArgumentException(
                "width must be a multiple of 4, img_channels and patch at least 1 and num_classes at least 2", nameof(options));
        }

        int blocks = (options.Depth - 2) / 6, width = options.Width;
        _patch = options.Patch;
        conv1 = nn.Conv2d(options.Channels * _patch * _patch, width, 3, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(width);
        layer1 = Stage(width, width, blocks, 1);
        layer2 = Stage(width, 2 * width, blocks, 2);
        layer3 = Stage(2 * width, 4 * width, blocks, 2);
        linear = nn.Linear(4 * width, options.ClassCount);
        RegisterComponents();
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<CifarResNetOptions>(
        nameof(CifarResNet), options => new CifarResNet(options));

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,C,H,W]</c>, normalised as the network was trained.</param>
    /// <returns><c>[N,K]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return linear.call(Features(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes what the last layer sees.</summary>
    /// <param name="input"><c>[N,C,H,W]</c>, normalised as the network was trained.</param>
    /// <returns><c>[N,4*width]</c>, averaged over pixels.</returns>
    public Tensor Features(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor folded = _patch == 1 ? input : nn.functional.pixel_unshuffle(input, _patch);
        Tensor hidden = nn.functional.relu(bn1.call(conv1.call(folded)));
        hidden = layer3.call(layer2.call(layer1.call(hidden)));
        return hidden.mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue folded = _patch == 1 ? input : graph.PixelUnshuffle(input, _patch);
        GraphValue hidden = graph.Relu(graph.WriteNormalized(conv1, bn1, folded));
        hidden = graph.Write(layer3, graph.Write(layer2, graph.Write(layer1, hidden)));
        return graph.Write(linear, graph.MeanOfPixels(hidden));
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    private static Sequential Stage(int inputs, int outputs, int blocks, int stride) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(i => (
            i.ToString(CultureInfo.InvariantCulture),
            (nn.Module<Tensor, Tensor>)new Block(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1))));

    private sealed class Block : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;
        private readonly long _addedChannels;

        public Block(int inputs, int outputs, int stride)
            : base(nameof(Block))
        {
            _addedChannels = outputs - inputs;
            conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false);
            bn1 = nn.BatchNorm2d(outputs);
            conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            bn2 = nn.BatchNorm2d(outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor hidden = nn.functional.relu(bn1.call(conv1.call(input)));
            hidden = bn2.call(conv2.call(hidden)) + Shortcut(input);
            return nn.functional.relu(hidden).MoveToOuterDisposeScope();
        }

        public GraphValue Write(GraphBuilder graph, GraphValue input)
        {
            GraphValue hidden = graph.Relu(graph.WriteNormalized(conv1, bn1, input));
            return graph.Relu(graph.Add(graph.WriteNormalized(conv2, bn2, hidden), Shortcut(graph, input)));
        }

        // Option A: every second pixel, and zeros for the channels that the input does not have, half on either side.
        private Tensor Shortcut(Tensor input)
        {
            if (_addedChannels == 0)
            {
                return input;
            }

            Tensor everySecond = input[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)];
            long before = _addedChannels / 2;
            return nn.functional.pad(everySecond, [0, 0, 0, 0, before, _addedChannels - before]);
        }

        private GraphValue Shortcut(GraphBuilder graph, GraphValue input)
        {
            if (_addedChannels == 0)
            {
                return input;
            }

            GraphValue everySecond = graph.Slice(graph.Slice(input, 2, 0, input.Shape[2], 2), 3, 0, input.Shape[3], 2);
            long before = _addedChannels / 2;
            return graph.Pad(everySecond, 1, before, _addedChannels - before);
        }
    }
}

/// <summary>The arguments of <see cref="CifarResNet"/>.</summary>
public sealed record CifarResNetOptions : INetworkOptions
{
    /// <summary>6n + 2 layers: 20, 32, 44 or 56.</summary>
    public required int Depth { get; init; }

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;

    /// <summary>The image's channels.</summary>
    [JsonPropertyName("img_channels")]
    public int Channels { get; init; } = 3;

    /// <summary>The channels of the first stage, a multiple of 4; each further stage has twice as many.</summary>
    public int Width { get; init; } = 16;

    /// <summary>
    /// This project's own option for small machines: patches of so many pixels a side are folded into channels first (28x28x1
    /// becomes 14x14x4 at 2), so that twice the width costs the same.
    /// </summary>
    public int Patch { get; init; } = 1;

    double INetworkOptions.LeastWeights => LayerWeights.Blocks((Depth - 2.0) / 6, 4.0 * Width)
        + LayerWeights.Dense(4.0 * Width, ClassCount)
        + (9 * LayerWeights.Dense((double)Channels * Patch * Patch, Width));
}
