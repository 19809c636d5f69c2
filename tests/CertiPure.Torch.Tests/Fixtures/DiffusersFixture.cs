using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>diffusers' UNet2DModel, whose configuration and scheduler decide what network it is; where the fixture has a whole pipeline's
/// folder, that as well.</summary>
internal sealed class DiffusersFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => fixture.Reference.Contains("UNet2DModel", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        foreach (FixtureComparison comparison in Compare(fixture, FromSpecification(fixture)))
        {
            yield return comparison;
        }

        string pipeline = Path.Combine(fixture.Folder, "pipeline");
        if (Directory.Exists(pipeline))
        {
            foreach (FixtureComparison comparison in Compare(fixture, PurifierCheckpoint.Load(pipeline)))
            {
                yield return comparison;
            }
        }
    }

    private static Denoiser FromSpecification(Fixture fixture)
    {
        using Checkpoint weights = fixture.Weights();
        var folder = new Checkpoint(
            weights.Tensors,
            new Dictionary<string, string>
            {
                ["config"] = fixture.Arguments.GetRawText(),
                ["scheduler"] = fixture.Scheduler.GetRawText(),
            });
        return PurifierCheckpoint.Load(CheckpointConversion.Complete(folder));
    }

    private static IEnumerable<FixtureComparison> Compare(Fixture fixture, Denoiser denoiser)
    {
        using (denoiser)
        {
            denoiser.eval();
            Tensor? labels = fixture.Has("y")
                ? nn.functional.one_hot(fixture["y"], denoiser.Network.LabelCount).to(ScalarType.Float32)
                : null;
            if (fixture.Has("sigma"))
            {
                Scalings scalings = denoiser.Preconditioning.At(fixture["sigma"]);
                yield return FixtureComparison.Of(
                    fixture, "network_output", denoiser.Network.Forward(scalings.Input * fixture["x"], scalings.Noise, labels));
                yield return FixtureComparison.Of(
                    fixture, "denoised_consistency", denoiser.Denoise(fixture["x"], fixture["sigma"], labels));
                yield break;
            }

            yield return FixtureComparison.Of(fixture, "output", denoiser.Network.Forward(fixture["sample"], fixture["timestep"], labels));
            foreach (FixtureComparison comparison in OneStepOutputs.Compare(fixture, denoiser))
            {
                yield return comparison;
            }
        }
    }
}
