using System.Globalization;
using System.Text.Json.Serialization;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The residual networks for ImageNet (He et al. 2016; wide ones, Zagoruyko and Komodakis 2016) in torchvision's form and
/// parameter names, and kuangliu/pytorch-cifar's form of them for small images.</summary>
public sealed class ResNet : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly nn.Module<Tensor, Tensor> conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly nn.Module<Tensor, Tensor> layer1;
    private readonly nn.Module<Tensor, Tensor> layer2;
    private readonly nn.Module<Tensor, Tensor> layer3;
    private readonly nn.Module<Tensor, Tensor> layer4;
    private readonly nn.Module<Tensor, Tensor> fc;

    private readonly bool _smallImages;

    /// <summary>Makes the network.</summary>
    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">There is no network of that depth.</exception>
    public ResNet(ResNetOptions options)
        : base(nameof(ResNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<int> blocks = options.Blocks();
        if (options.WidthPerGroup < 1 || options.ClassCount < 1)
        {
            throw new ArgumentException("width_per_group and num_classes must be at least 1", nameof(options));
        }

        _smallImages = options.SmallImages;
        conv1 = _smallImages
            ? nn.Conv2d(3, 64, 3, padding: 1, bias: false)
            : nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(64);
        int channels = 64;
        layer1 = Stage(options, ref channels, 64, blocks[0], 1);
        layer2 = Stage(options, ref channels, 128, blocks[1], 2);
        layer3 = Stage(options, ref channels, 256, blocks[2], 2);
        layer4 = Stage(options, ref channels, 512, blocks[3], 2);
        fc = nn.Linear(channels, options.ClassCount);
        RegisterComponents();
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<ResNetOptions>(nameof(ResNet), options => new ResNet(options)) with
    {
        Import = (checkpoint, _) => new Checkpoint(checkpoint, checkpoint.Tensors.Select(tensor => tensor.Rename(FromKuangliu(tensor.Name)))),
    };

    /// <summary>The name that files of ResNet-50 from before this class have.</summary>
    internal static Architecture ResNet50 { get; } = Architecture.Of<ClassifierOptions>(
        nameof(ResNet50), options => new ResNet(new ResNetOptions { ClassCount = options.ClassCount }));

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,3,H,W]</c>, usually 224x224, or 32x32 for small images, normalised as the network was trained.</param>
    /// <returns><c>[N,classes]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = nn.functional.relu(bn1.call(conv1.call(input)));
        if (!_smallImages)
        {
            h = nn.functional.max_pool2d(h, 3, stride: 2, padding: 1);
        }

        h = layer4.call(layer3.call(layer2.call(layer1.call(h))));
        return fc.call(h.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue hidden = graph.Relu(graph.WriteNormalized(conv1, (BatchNorm2d)bn1, input));
        if (!_smallImages)
        {
            hidden = graph.MaxPool(hidden, 3, stride: 2, padding: 1);
        }

        hidden = graph.Write(layer4, graph.Write(layer3, graph.Write(layer2, graph.Write(layer1, hidden))));
        return graph.Write(fc, graph.MeanOfPixels(hidden));
    }

    private static Sequential Stage(ResNetOptions options, ref int channels, int planes, int blocks, int stride)
    {
        var stage = new List<(string, nn.Module<Tensor, Tensor>)>();
        for (int i = 0; i < blocks; i++)
        {
            int outputs = options.IsBottleneck ? 4 * planes : planes, first = i == 0 ? stride : 1;
            stage.Add((i.ToString(CultureInfo.InvariantCulture), options.IsBottleneck
                ? ResNetBlock.Bottleneck(channels, planes * options.WidthPerGroup / 64, outputs, first)
                : ResNetBlock.Basic(channels, outputs, first)));
            channels = outputs;
        }

        return nn.Sequential(stage);
    }

    private static string FromKuangliu(string name) => name.StartsWith("linear.", StringComparison.Ordinal)
        ? "fc." + name["linear.".Length..]
        : name.Replace(".shortcut.", ".downsample.", StringComparison.Ordinal);
}

/// <summary>The arguments of <see cref="ResNet"/>.</summary>
public sealed record ResNetOptions : INetworkOptions
{
    /// <summary>18, 34, 50, 101 or 152 layers.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>The channels inside the first stage's bottlenecks: 64, or 128 in the wide networks of torchvision.</summary>
    public int WidthPerGroup { get; init; } = 64;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 1000;

    /// <summary>Whether it begins as for CIFAR (kuangliu/pytorch-cifar), with a 3x3 convolution of stride 1 and no pooling.</summary>
    public bool SmallImages { get; init; }

    /// <summary>Whether blocks have three convolutions, of which the last widens, or two.</summary>
    [JsonIgnore]
    internal bool IsBottleneck => Depth >= 50;

    double INetworkOptions.LeastWeights
    {
        get
        {
            double width = IsBottleneck ? WidthPerGroup / 64.0 : 1;
            return Enumerable.Range(0, 4).Sum(stage => LayerWeights.Blocks(Blocks()[stage], width * (64 << stage)))
                + LayerWeights.Dense(IsBottleneck ? 2048 : 512, ClassCount);
        }
    }

    /// <summary>The blocks of each stage (He et al. 2016, table 1).</summary>
    /// <exception cref="ArgumentException">There is no network of that depth.</exception>
    internal IReadOnlyList<int> Blocks() => Depth switch
    {
        18 => [2, 2, 2, 2],
        34 or 50 => [3, 4, 6, 3],
        101 => [3, 4, 23, 3],
        152 => [3, 8, 36, 3],
        _ => throw new ArgumentException($"depth {Depth} must be 18, 34, 50, 101 or 152"),
    };
}

/// <summary>
/// The residual block of ResNets with projecting shortcuts (He et al. 2016, option B): convolutions <c>conv1</c>,
/// <c>conv2</c>, ... each with its normalisation <c>bn1</c>, <c>bn2</c>, ..., and <c>downsample</c> where the shapes differ.
/// </summary>
internal sealed class ResNetBlock : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly List<(nn.Module<Tensor, Tensor> Convolution, BatchNorm2d Normalisation)> _layers = [];
    private readonly nn.Module<Tensor, Tensor>? _downsample;

    private ResNetBlock(int inputs, int stride, params (int Outputs, int Kernel, int Stride)[] layers)
        : base(nameof(ResNetBlock))
    {
        int channels = inputs;
        foreach ((int outputs, int kernel, int layerStride) in layers)
        {
            nn.Module<Tensor, Tensor> convolution =
                nn.Conv2d(channels, outputs, kernel, layerStride, padding: kernel / 2, bias: false);
            BatchNorm2d normalisation = nn.BatchNorm2d(outputs);
            _layers.Add((convolution, normalisation));
            string number = _layers.Count.ToString(CultureInfo.InvariantCulture);
            register_module("conv" + number, convolution);
            register_module("bn" + number, normalisation);
            channels = outputs;
        }

        if (stride != 1 || channels != inputs)
        {
            _downsample = nn.Sequential(
                ("0", nn.Conv2d(inputs, channels, 1, stride, bias: false)), ("1", nn.BatchNorm2d(channels)));
            register_module("downsample", _downsample);
        }
    }

    /// <summary>Two 3x3 convolutions.</summary>
    public static ResNetBlock Basic(int inputs, int outputs, int stride) =>
        new(inputs, stride, (outputs, 3, stride), (outputs, 3, 1));

    /// <summary>1x1, 3x3 and 1x1 convolutions, of so many channels in between; the stride is at the 3x3 (torchvision's version
    /// 1.5).</summary>
    public static ResNetBlock Bottleneck(int inputs, int width, int outputs, int stride) =>
        new(inputs, stride, (width, 1, 1), (width, 3, stride), (outputs, 1, 1));

    /// <summary>Starts the branch at zero, so that a fresh network passes its input on (Goyal et al. 2017, section 5.1). The
    /// layers' other weights are the network's to draw.</summary>
    public void DrawWeights(Generator generator) => _layers[^1].Normalisation.weight!.zero_();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
        using DisposeScope scope = NewDisposeScope();
        Tensor h = input;
        for (int i = 0; i < _layers.Count; i++)
        {
            h = _layers[i].Normalisation.call(_layers[i].Convolution.call(i == 0 ? h : nn.functional.relu(h)));
        }

        return nn.functional.relu(h + (_downsample is null ? input : _downsample.call(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        GraphValue hidden = input;
        for (int i = 0; i < _layers.Count; i++)
        {
            hidden = graph.WriteNormalized(_layers[i].Convolution, _layers[i].Normalisation, i == 0 ? hidden : graph.Relu(hidden));
        }

        return graph.Relu(graph.Add(hidden, _downsample is null ? input : graph.Write(_downsample, input)));
    }
}
