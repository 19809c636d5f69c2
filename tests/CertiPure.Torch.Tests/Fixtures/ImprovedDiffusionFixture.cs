using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Improved diffusion's UNet and its cosine schedule as the one-step denoiser.</summary>
internal sealed class ImprovedDiffusionFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("improved-diffusion UNet", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using var network = new ImprovedDiffusionUNet(OpenAiArguments.Read(fixture.Arguments));
        using Checkpoint weights = fixture.Weights();
        FixtureWeights.Load(network, weights);
        var schedule = new CosineSchedule(fixture.Arguments.GetProperty("diffusion_steps").GetInt32());
        foreach (string sigma in fixture.Numbers.Where(name => name.StartsWith("noisy_", StringComparison.Ordinal))
            .Select(name => name["noisy_".Length..]))
        {
            double level = 2 * double.Parse(sigma, System.Globalization.CultureInfo.InvariantCulture);
            int step = schedule.FirstStepAtLeast(level);
            yield return FixtureComparison.Of(fixture, "t_" + sigma, tensor((long)step).reshape(1));
            yield return FixtureComparison.Of(
                fixture, "real_sigma_" + sigma, tensor(schedule.NoiseLevel(step) / 2).reshape(1));
            Tensor noisy = fixture["noisy_" + sigma];
            Tensor noise = network.Apply(
                noisy * Math.Sqrt(schedule.AlphaBar(step)), full([noisy.shape[0]], step * 1000.0 / schedule.Steps))
                .narrow(1, 0, 3);
            yield return FixtureComparison.Of(
                fixture, "pred_xstart_" + sigma, (noisy - noise * schedule.NoiseLevel(step)).clamp(-1, 1));
        }
    }
}
