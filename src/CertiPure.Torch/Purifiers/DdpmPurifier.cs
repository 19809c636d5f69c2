using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>One-step DDPM: the noise level is matched to a step of the schedule, the network's noise subtracted, and the
/// result clipped (Carlini et al. 2023).</summary>
public sealed class DdpmPurifier : OneStepPurifier
{
    /// <summary>Takes over a denoiser.</summary>
    /// <param name="denoiser">The denoiser under DDPM's preconditioning; the level follows from its schedule.</param>
    /// <param name="precision">The format to compute in; the denoiser is converted.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The denoiser has another preconditioning, or is class-conditional without a fixed class.</exception>
    public DdpmPurifier(Denoiser denoiser, Precision precision = Precision.Fp32, Device? device = null)
        : base(denoiser, NoiseLevelRule.Exact, precision, device)
    {
        if (denoiser.Preconditioning is not DdpmPreconditioning)
        {
            throw new CertiPureException(
                $"The weights' preconditioning is {denoiser.Preconditioning.Name}, not ddpm: use them with the purifier edm or "
                + "consistency.");
        }
    }

    /// <inheritdoc/>
    public override string Method => "ddpm";

    /// <inheritdoc/>
    protected override Tensor Restore(Tensor noisy, double sigma) => base.Restore(noisy, sigma).clamp_(-1, 1);

    private protected override GraphValue Restore(GraphBuilder graph, GraphValue noisy, double sigma)
    {
        GraphValue restored = base.Restore(graph, noisy, sigma);
        return graph.Clip(restored, -1, 1);
    }
}
