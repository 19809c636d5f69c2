using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

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
