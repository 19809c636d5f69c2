using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>One-step EDM: the diffusion denoiser's estimate of the mean clean image (Karras et al. 2022's D, used as Carlini
/// et al. 2023 use DDPM's).</summary>
public sealed class EdmPurifier : OneStepPurifier
{
    /// <summary>Takes over a denoiser.</summary>
    /// <param name="denoiser">The denoiser, under any preconditioning but the consistency model's.</param>
    /// <param name="level">The level that the network is told.</param>
    /// <param name="precision">The format to compute in; the denoiser is converted.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The denoiser is a consistency model or class-conditional without a fixed class.</exception>
    public EdmPurifier(
        Denoiser denoiser, NoiseLevelRule level = NoiseLevelRule.Exact, Precision precision = Precision.Fp32, Device? device = null)
        : base(denoiser, level, precision, device) => RequireDiffusionModel(denoiser);

    /// <inheritdoc/>
    public override string Method => "edm";
}
