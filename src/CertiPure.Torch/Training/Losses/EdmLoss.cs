using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>Denoising score matching with EDM's weights (Karras et al. 2022, equation 8 and table 1):
/// w(t) * mean over pixels of (D(x + t n, t) - x)^2 with w(t) = (t^2 + sd^2) / (t sd)^2.</summary>
/// <param name="denoiser">The trained network.</param>
/// <param name="levels">The levels to train at; the paper's are log-normal with mean -1.2 and deviation 1.2.</param>
public sealed class EdmLoss(Denoise denoiser, NoiseLevels levels) : TrainingLoss
{
    private const double DataDeviation = 0.5;

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        return PerImage(x, levels.Draw(x.shape[0], current.Random), current.Random.Normal(x.shape));
    }

    /// <summary>The loss for given draws.</summary>
    /// <param name="x">Clean images, <c>[N,C,H,W]</c> in network space.</param>
    /// <param name="t">Levels, <c>[N]</c>.</param>
    /// <param name="noise">Standard normal, like x.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(Tensor x, Tensor t, Tensor noise)
    {
        Tensor denoised = denoiser(x + (t.view(-1, 1, 1, 1) * noise), t);
        Tensor weight = (t.square() + (DataDeviation * DataDeviation)) / (t * DataDeviation).square();
        return weight * ImageDistance.L2(denoised, x);
    }
}
