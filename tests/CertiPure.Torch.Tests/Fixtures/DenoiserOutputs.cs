using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>The three outputs of a consistency model's fixture: the raw network's, and the denoised images under the
/// consistency models' scalings and under EDM's.</summary>
internal static class DenoiserOutputs
{
    public static FixtureComparison[] Compare(Fixture fixture, DiffusionNetwork network, Tensor t, Tensor? labels)
    {
        Tensor x = fixture["x"];
        Scalings scalings = new EdmPreconditioning().At(t);
        return
        [
            FixtureComparison.Of(fixture, "network_output", network.Forward(scalings.Input * x, scalings.Noise, labels)),
            Denoised(fixture, "denoised_consistency", network, new ConsistencyPreconditioning(), x, t, labels),
            Denoised(fixture, "denoised_edm", network, new EdmPreconditioning(), x, t, labels),
        ];
    }

    private static FixtureComparison Denoised(
        Fixture fixture, string output, DiffusionNetwork network, Preconditioning preconditioning, Tensor x, Tensor t, Tensor? labels) =>
        FixtureComparison.Of(fixture, output, new Denoiser(network, preconditioning).Denoise(x, t, labels));
}
