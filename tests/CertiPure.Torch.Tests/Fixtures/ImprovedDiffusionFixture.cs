using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Improved diffusion's UNet and its cosine schedule as the one-step denoiser.</summary>
internal sealed class ImprovedDiffusionFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("improved-diffusion UNet", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        var network = new ImprovedDiffusionUNet(OpenAiArguments.Read(fixture.Arguments));
        using (Checkpoint weights = fixture.Weights())
        {
            FixtureWeights.Load(network, weights);
        }

        using var denoiser = new Denoiser(network, new DdpmPreconditioning { Options = OpenAiArguments.ReadDiffusion(fixture.Arguments) });
        foreach (FixtureComparison comparison in OneStepOutputs.Compare(fixture, denoiser))
        {
            yield return comparison;
        }
    }
}
