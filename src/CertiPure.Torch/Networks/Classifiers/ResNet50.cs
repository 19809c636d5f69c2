using System.Globalization;
using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>ResNet-50 (He et al. 2016) in torchvision's form and parameter names.</summary>
public sealed class ResNet50 : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly nn.Module<Tensor, Tensor> conv1;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly nn.Module<Tensor, Tensor> layer1;
    private readonly nn.Module<Tensor, Tensor> layer2;
    private readonly nn.Module<Tensor, Tensor> layer3;
    private readonly nn.Module<Tensor, Tensor> layer4;
    private readonly nn.Module<Tensor, Tensor> fc;

    /// <summary>Makes the network.</summary>
    /// <param name="classes">The number of classes.</param>
    public ResNet50(int classes = 1000)
        : base(nameof(ResNet50))
    {
        conv1 = nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(64);
        layer1 = Stage(64, 64, 3, 1);
        layer2 = Stage(256, 128, 4, 2);
        layer3 = Stage(512, 256, 6, 2);
        layer4 = Stage(1024, 512, 3, 2);
        fc = nn.Linear(2048, classes);
        RegisterComponents();
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<ClassifierOptions>(
        nameof(ResNet50), options => new ResNet50(options.ClassCount));

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,3,H,W]</c>, usually 224x224, normalised as the network was trained.</param>
    /// <returns><c>[N,classes]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = nn.functional.relu(bn1.call(conv1.call(input)));
        h = nn.functional.max_pool2d(h, 3, stride: 2, padding: 1);
        h = layer4.call(layer3.call(layer2.call(layer1.call(h))));
        return fc.call(h.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue hidden = graph.Relu(graph.WriteNormalized(conv1, (BatchNorm2d)bn1, input));
        hidden = graph.MaxPool(hidden, 3, stride: 2, padding: 1);
        hidden = graph.Write(layer4, graph.Write(layer3, graph.Write(layer2, graph.Write(layer1, hidden))));
        return graph.Write(fc, graph.MeanOfPixels(hidden));
    }

    private static nn.Module<Tensor, Tensor> Stage(int inputs, int width, int blocks, int stride) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(i => (
            i.ToString(CultureInfo.InvariantCulture),
            (nn.Module<Tensor, Tensor>)ResNetBlock.Bottleneck(i == 0 ? inputs : 4 * width, width, i == 0 ? stride : 1))));
}
