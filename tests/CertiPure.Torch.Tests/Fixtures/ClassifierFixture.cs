using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
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
    ];

    // These are recognised by their names and shapes, as a user's file is, and mapped.
    private static readonly Regex Recognised = new(
        @"torchvision \S+ (wide_)?resnet\d+|torchvision \S+ vit_b_16|cifar_resnet\.py resnet|[wW]ide_?[rR]es[nN]et\.py|ViTForImageClassification|timm vit_"
        + @"|kuangliu/pytorch-cifar");

    public bool Recognises(Fixture fixture) => Recognised.IsMatch(fixture.Reference) || Kinds.Any(kind => kind.Reference.IsMatch(fixture.Reference));

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using Checkpoint weights = fixture.Weights();
        using nn.Module<Tensor, Tensor> network = Build(fixture, weights);
        yield return FixtureComparison.Of(
            fixture, "logits", network.call(fixture[fixture.Has("x") ? "x" : "pixel_values"]));
    }

    private static nn.Module<Tensor, Tensor> Build(Fixture fixture, Checkpoint weights)
    {
        if (!Recognised.IsMatch(fixture.Reference))
        {
            var (_, build) = Kinds.Single(kind => kind.Reference.IsMatch(fixture.Reference));
            nn.Module<Tensor, Tensor> named = build(fixture, (int)fixture["logits"].shape[1]);
            FixtureWeights.Load(named, weights);
            return named;
        }

        Checkpoint complete = CheckpointConversion.Complete(weights);
        nn.Module<Tensor, Tensor> network = Architecture.Named(complete.Metadata["architecture"])
            .Create<nn.Module<Tensor, Tensor>>(complete.Metadata["arguments"], complete);
        FixtureWeights.Load(network, complete);
        return network;
    }
}
