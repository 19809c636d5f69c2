using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>The variance-preserving form of Song et al. 2021, as in Karras et al. 2022, table 1, column "VP".</summary>
public sealed record VpPreconditioning : Preconditioning
{
    private const double BetaRange = 19.9;
    private const double BetaMinimum = 0.1;
    private const double Steps = 1000;

    /// <inheritdoc/>
    public override string Name => "vp";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        Tensor variance = t.square() + 1;
        Tensor time = (((BetaMinimum * BetaMinimum) + (2 * BetaRange * variance.log())).sqrt() - BetaMinimum) / BetaRange;
        return new Scalings(ones_like(t), -t, variance.rsqrt(), time.flatten() * (Steps - 1));
    }
}
