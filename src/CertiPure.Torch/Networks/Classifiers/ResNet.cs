using System.Globalization;
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
