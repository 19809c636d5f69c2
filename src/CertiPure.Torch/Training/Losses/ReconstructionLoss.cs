using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Consistency Fine-tuning: plain one-step reconstruction d(D(x + s n, s), x) at the levels that purification asks for,
/// with weight 1, no teacher and no pair. d is l1, l2 or LPIPS.
/// </summary>
/// <param name="denoiser">The trained network.</param>
/// <param name="levels">The levels; the paper's are uniform over {0.5, 1, 2}.</param>
/// <param name="distance">d, from two image batches <c>[N,C,H,W]</c> in network space to <c>[N]</c>.</param>
public sealed class ReconstructionLoss(Denoise denoiser, NoiseLevels levels, Func<Tensor, Tensor, Tensor> distance)
    : TrainingLoss
{
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
    public Tensor PerImage(Tensor x, Tensor t, Tensor noise) =>
        distance(denoiser(x + (t.view(-1, 1, 1, 1) * noise), t), x);
}
