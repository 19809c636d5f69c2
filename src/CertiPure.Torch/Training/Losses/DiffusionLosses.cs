using CertiPure.Torch.Networks.Denoising;
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
        const double DataDeviation = EdmPreconditioning.DataDeviation;
        Tensor weight = (t.square() + (DataDeviation * DataDeviation)) / (t * DataDeviation).square();
        return weight * ImageDistance.L2(denoised, x);
    }
}

/// <summary>
/// DDPM's simple loss (Ho et al. 2020, equation 14) on a schedule of discrete steps: the mean over pixels of (eps(sqrt(abar_t) x + sqrt(1 - abar_t) n, t) - n)^2 at a uniform step t.
/// </summary>
/// <param name="predictNoise">eps: from noisy images <c>[N,C,H,W]</c> and steps <c>[N]</c>, 0 to T - 1, to the noise.</param>
/// <param name="schedule">abar_t.</param>
public sealed class DdpmLoss(Func<Tensor, Tensor, Tensor> predictNoise, DiffusionSchedule schedule) : TrainingLoss
{
    private readonly Tensor _alphaBars = tensor(
        Enumerable.Range(0, schedule.Steps).Select(step => (float)schedule.AlphaBar(step)).ToArray());

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        return PerImage(x, current.Random.Integers(_alphaBars.shape[0], x.shape[0]), current.Random.Normal(x.shape));
    }

    /// <summary>The loss for given draws.</summary>
    /// <param name="x">Clean images, <c>[N,C,H,W]</c> in network space.</param>
    /// <param name="step">Steps, <c>[N]</c> 64-bit integers.</param>
    /// <param name="noise">Standard normal, like x.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(Tensor x, Tensor step, Tensor noise)
    {
        Tensor alphaBar = _alphaBars.to(x.device).index_select(0, step).view(-1, 1, 1, 1);
        return ImageDistance.L2(predictNoise((alphaBar.sqrt() * x) + ((1 - alphaBar).sqrt() * noise), step), noise);
    }
}

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
