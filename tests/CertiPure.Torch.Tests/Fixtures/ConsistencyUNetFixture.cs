using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>OpenAI's consistency models on their UNet.</summary>
internal sealed class ConsistencyUNetFixture : IFixtureCheck
{
    private const long Large = 100_000_000;

    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("cm/unet.py UNetModel", StringComparison.Ordinal);

    public double Tolerance(Fixture fixture) => fixture.Parameters > Large ? 5e-4 : 1e-4;

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using var network = new ConsistencyUNet(OpenAiArguments.Read(fixture.Arguments));
        using (Checkpoint weights = fixture.Weights())
        {
            FixtureWeights.Load(network, weights);
        }

        Tensor? labels = fixture.Has("y")
            ? nn.functional.one_hot(fixture["y"], network.LabelCount).to(ScalarType.Float32)
            : null;
        return DenoiserOutputs.Compare(fixture, network, fixture["sigma"], labels);
    }
}
