using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>Song et al. 2023, appendix C: EDM's scalings moved so that D(y, MinimumLevel) = y.</summary>
public sealed record ConsistencyPreconditioning : Preconditioning
{
    /// <summary>The level below which an image counts as clean, in network space: 0.002 in Song et al. 2023; Geng et al. 2024
    /// evaluate with 0.003.</summary>
    public double MinimumLevel { get; init; } = 0.002;

    /// <inheritdoc/>
    public override string Name => "consistency";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        const double DataDeviation = EdmPreconditioning.DataDeviation;
        Tensor moved = t - MinimumLevel;
        Tensor deviation = (t.square() + (DataDeviation * DataDeviation)).sqrt();
        return new Scalings(
            (DataDeviation * DataDeviation) / (moved.square() + (DataDeviation * DataDeviation)),
            moved * DataDeviation / deviation,
            deviation.reciprocal(),
            t.flatten().log() / 4);
    }
}
