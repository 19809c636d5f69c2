using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks.Features;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>pytorch-fid's features, and its distance between two sets of them.</summary>
internal sealed class InceptionFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("pytorch-fid", StringComparison.Ordinal);

    public double Tolerance(Fixture fixture) => 5e-4;

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using var network = new InceptionV3();
        using Checkpoint weights = fixture.Weights();
        FixtureWeights.Load(network, weights);
        yield return FixtureComparison.Of(fixture, "pool3", network.call(fixture["images"]));
        using FeatureNetwork features = FeatureNetwork.Inception(weights);
        yield return FixtureComparison.Of(fixture, "pool3", features.Features(fixture["images"]));
        var distance = FrechetDistance.Between(
            FeatureStatistics.Of("fixture", fixture["features_a"]), FeatureStatistics.Of("fixture", fixture["features_b"]));
        yield return FixtureComparison.Of(fixture, "frechet", tensor(distance.Value).reshape(1));
    }
}
