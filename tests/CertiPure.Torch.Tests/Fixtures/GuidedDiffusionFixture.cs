using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Guided diffusion's UNet and its linear schedule as the one-step denoiser.</summary>
internal sealed class GuidedDiffusionFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("guided-diffusion UNetModel", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        var network = new GuidedDiffusionUNet(OpenAiArguments.Read(fixture.Arguments));
        using (Checkpoint weights = fixture.Weights())
        {
            FixtureWeights.Load(network, weights);
        }

        using var denoiser = new Denoiser(network, new DdpmPreconditioning { Options = OpenAiArguments.ReadDiffusion(fixture.Arguments) });

        // Of the six output channels the learnt variance is left out.
        Tensor output = network.Forward(fixture["x"], fixture["t"]);
        yield return FixtureComparison.Of("network_output", fixture["network_output"].narrow(1, 0, output.shape[1]), output);
        foreach (FixtureComparison comparison in OneStepOutputs.Compare(fixture, denoiser))
        {
            yield return comparison;
        }
    }
}
