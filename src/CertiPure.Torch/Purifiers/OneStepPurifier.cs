using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>A purifier that calls its denoiser once: x = D(y, t).</summary>
public abstract class OneStepPurifier : TorchPurifier
{
    private readonly NoiseLevelRule _level;

    private protected OneStepPurifier(Denoiser denoiser, NoiseLevelRule level, Precision precision, Device? device)
        : base(denoiser, precision, device) => _level = level;

    /// <inheritdoc/>
    public override int NetworkCalls(double sigma) => 1;

    /// <inheritdoc/>
    protected override Tensor Restore(Tensor noisy, double sigma) => Denoise(noisy, NetworkSpace.Level(sigma, _level));

    private protected override GraphValue Restore(GraphBuilder graph, GraphValue noisy, double sigma) =>
        Denoise(graph, noisy, NetworkSpace.Level(sigma, _level));
}

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

/// <summary>Consistency Purification (NeurIPS 2024): one call of a consistency model, which maps a noisy image to the clean
/// end of its PF-ODE trajectory; the same after Consistency Fine-tuning.</summary>
public sealed class ConsistencyPurifier : OneStepPurifier
{
    /// <summary>Takes over a denoiser.</summary>
    /// <param name="denoiser">The consistency model.</param>
    /// <param name="level">The level that the network is told.</param>
    /// <param name="precision">The format to compute in; the denoiser is converted.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The denoiser is not a consistency model, or class-conditional without a fixed class.</exception>
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

/// <summary>Diffusion Calibration (Jeong and Shin 2023): one call of a diffusion denoiser that was fine-tuned through the
/// classifier.</summary>
public sealed class CalibratedPurifier : OneStepPurifier
{
    /// <summary>Takes over a denoiser.</summary>
    /// <param name="denoiser">The fine-tuned denoiser, under any preconditioning but the consistency model's.</param>
    /// <param name="level">The level that the network is told.</param>
    /// <param name="precision">The format to compute in; the denoiser is converted.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The denoiser is a consistency model or class-conditional without a fixed class.</exception>
    public CalibratedPurifier(
        Denoiser denoiser, NoiseLevelRule level = NoiseLevelRule.Exact, Precision precision = Precision.Fp32, Device? device = null)
        : base(denoiser, level, precision, device) => RequireDiffusionModel(denoiser);

    /// <inheritdoc/>
    public override string Method => "calibrated";
}
