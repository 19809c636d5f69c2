using System.Globalization;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Improved diffusion's UNet and its cosine schedule as the one-step denoiser.</summary>
internal sealed class ImprovedDiffusionFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("improved-diffusion UNet", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        var network = new ImprovedDiffusionUNet(OpenAiArguments.Read(fixture.Arguments));
        using Checkpoint weights = fixture.Weights();
        FixtureWeights.Load(network, weights);
        var schedule = new CosineSchedule(fixture.Arguments.GetProperty("diffusion_steps").GetInt32());
        using var denoiser = new Denoiser(network, new DdpmPreconditioning { Schedule = schedule });
        foreach (string sigma in fixture.Numbers.Where(name => name.StartsWith("noisy_", StringComparison.Ordinal))
            .Select(name => name["noisy_".Length..]))
        {
            double level = 2 * double.Parse(sigma, CultureInfo.InvariantCulture);
            int step = schedule.FirstStepAtLeast(level);
            yield return FixtureComparison.Of(fixture, $"t_{sigma}", tensor((long)step).reshape(1));
            yield return FixtureComparison.Of(fixture, $"real_sigma_{sigma}", tensor(schedule.NoiseLevel(step)).reshape(1));
            yield return FixtureComparison.Of(
                fixture, $"pred_xstart_{sigma}", denoiser.Denoise(fixture[$"noisy_{sigma}"], full(1, (float)level)).clamp(-1, 1));
        }
    }
}
