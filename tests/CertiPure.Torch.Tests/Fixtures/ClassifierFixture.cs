using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Features;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Classifiers: images in, logits out.</summary>
internal sealed class ClassifierFixture : IFixtureCheck
{
    private static readonly (Regex Reference, Func<Fixture, int, nn.Module<Tensor, Tensor>> Build)[] Kinds =
    [
        (new(@"torchvision \S+ squeezenet1_1"), (_, classes) => new SqueezeNet(classes)),
        (new(@"torchvision \S+ alexnet"), (_, classes) => new AlexNet(classes)),
        (new(@"torchvision \S+ vgg16$"), (_, classes) => new Vgg16(classes)),
        (new(@"torchvision \S+ resnet50"), (_, classes) => new ResNet50(classes)),
        (new(@"cifar_resnet\.py resnet\(depth=\d+\)"), (fixture, classes) => new ResNet110(new() { ClassCount = classes, Depth = Depth(fixture) })),
        (new(@"wideresnet\.py WideResNet\(depth=28, widen_factor=10\)"), (_, classes) => new WideResNet(new() { ClassCount = classes })),
        (new("ViTForImageClassification"), (_, classes) => new VisionTransformer(new() { NumLabels = classes })),
    ];

    public bool Recognises(Fixture fixture) => Kinds.Any(kind => kind.Reference.IsMatch(fixture.Reference));

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        var (_, build) = Kinds.Single(kind => kind.Reference.IsMatch(fixture.Reference));
        using nn.Module<Tensor, Tensor> network = build(fixture, (int)fixture["logits"].shape[1]);
        using Checkpoint weights = fixture.Weights();
        FixtureWeights.Load(network, weights);
        yield return FixtureComparison.Of(
            fixture, "logits", network.call(fixture[fixture.Has("x") ? "x" : "pixel_values"]));
    }

    private static int Depth(Fixture fixture) =>
        int.Parse(Regex.Match(fixture.Reference, @"depth=(\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
}
