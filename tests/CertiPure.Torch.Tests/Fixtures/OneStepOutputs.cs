using System.Globalization;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>What a one-step denoiser's fixture holds for each sigma: the step, its noise level, and the clean image.</summary>
internal static class OneStepOutputs
{
    public static IEnumerable<FixtureComparison> Compare(Fixture fixture, Denoiser denoiser)
    {
        DiffusionSchedule schedule = ((DdpmPreconditioning)denoiser.Preconditioning).Schedule;
        foreach (string sigma in fixture.Numbers.Where(name => name.StartsWith("noisy_", StringComparison.Ordinal))
            .Select(name => name["noisy_".Length..]))
        {
            double level = 2 * double.Parse(sigma, CultureInfo.InvariantCulture);
            int step = schedule.FirstStepAtLeast(level);
            yield return FixtureComparison.Of(fixture, $"t_{sigma}", tensor((long)step).reshape(1));
            string ratio = fixture.Has($"ratio_{sigma}") ? $"ratio_{sigma}" : $"real_sigma_{sigma}";
            yield return FixtureComparison.Of(fixture, ratio, tensor(schedule.NoiseLevel(step)).reshape(1));
            yield return FixtureComparison.Of(
                fixture, $"pred_xstart_{sigma}", denoiser.Denoise(fixture[$"noisy_{sigma}"], full(1, (float)level)).clamp(-1, 1));
        }
    }
}
