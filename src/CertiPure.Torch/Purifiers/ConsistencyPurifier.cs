using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>Consistency Purification (NeurIPS 2024): one call of a consistency model, which maps a noisy image to the clean
/// end of its PF-ODE trajectory; the same after Consistency Fine-tuning.</summary>
public sealed class ConsistencyPurifier : OneStepPurifier
{
    /// <summary>Takes over a denoiser.</summary>
    /// <param name="denoiser">The consistency model.</param>
    /// <param name="level">The level that the network is told.</param>
    /// <param name="precision">The format to compute in; the denoiser is converted.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The denoiser is no consistency model, or class-conditional without a fixed class.</exception>
    public ConsistencyPurifier(
        Denoiser denoiser, NoiseLevelRule level = NoiseLevelRule.Exact, Precision precision = Precision.Fp32, Device? device = null)
        : base(denoiser, level, precision, device)
    {
        if (denoiser.Preconditioning is not ConsistencyPreconditioning)
        {
            throw new CertiPureException(
                $"The weights' preconditioning is {denoiser.Preconditioning.Name}, not a consistency model's: use them with "
                + "the purifier edm.");
        }
    }

    /// <inheritdoc/>
    public override string Method => "consistency";
}
