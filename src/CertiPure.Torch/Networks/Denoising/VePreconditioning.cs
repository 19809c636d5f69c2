using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>The variance-exploding form of Song et al. 2021, as in Karras et al. 2022, table 1, column "VE".</summary>
public sealed record VePreconditioning : Preconditioning
{
    /// <inheritdoc/>
    public override string Name => "ve";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t) =>
        new(ones_like(t), t, ones_like(t), (t.flatten() * 0.5).log());
}
