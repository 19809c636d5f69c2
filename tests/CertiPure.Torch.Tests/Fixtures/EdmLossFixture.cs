using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>EDM's loss and ECT's, with the norm of all parameter gradients of the mean.</summary>
internal sealed partial class EdmLossFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("training/loss.py EDMLoss", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using Denoiser denoiser = SongUNetFixture.Build(fixture);
        denoiser.train();
        Tensor Denoise(Tensor noisy, Tensor level) => denoiser.Denoise(noisy, level);
        var levels = new LogNormalLevels(-1.2, 1.2);
        var edm = new EdmLoss(Denoise, levels);
        foreach (FixtureComparison comparison in LossComparison.Of(
            fixture, "edm", denoiser, () => edm.PerImage(fixture["images"], fixture["sigma"], fixture["noise"])))
        {
            yield return comparison;
        }

        foreach (string prefix in fixture.Numbers.Where(name => name.EndsWith("_eps", StringComparison.Ordinal)).Select(name => name[..^4]))
        {
            Match match = Schedule().Match(prefix);
            double q = Number(match, 1), huber = Number(match, 3);
            var ect = new EctLoss(Denoise, levels, q, huber);
            Tensor t = fixture[$"{prefix}_t"];
            Tensor r = ect.LowerLevel(t, (long)Number(match, 2));
            yield return FixtureComparison.Of(fixture, $"{prefix}_r", r);
            foreach (FixtureComparison comparison in LossComparison.Of(
                fixture, prefix, denoiser, () => ect.PerImage(fixture["images"], t, r, fixture[$"{prefix}_eps"])))
            {
                yield return comparison;
            }
        }
    }

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ect_q([\d.]+)_s(\d+)_c([\d.]+)$")]
    private static partial Regex Schedule();
}
