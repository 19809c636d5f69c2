using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>Karras et al. 2022, table 1, column "Ours".</summary>
public sealed record EdmPreconditioning : Preconditioning
{
    /// <summary>sigma_data: the standard deviation of images in network space.</summary>
    public const double DataDeviation = 0.5;

    /// <inheritdoc/>
    public override string Name => "edm";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        Tensor variance = t.square() + (DataDeviation * DataDeviation);
        Tensor deviation = variance.sqrt();
        return new Scalings(
            (DataDeviation * DataDeviation) / variance,
            t * DataDeviation / deviation,
            deviation.reciprocal(),
            t.flatten().log() / 4);
    }
}
