using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Easy Consistency Tuning (Geng et al. 2024): the network's answers at two levels t > r of one noise must agree. The lower
/// one is the target and carries no gradient; where r = 0 it is the image itself. With stage s and base q,
/// r = max(0, t * (1 - q^-(s+1) * (1 + 8 sigmoid(-t)))), and the loss is d(D(x + t n, t), target) / (t - r).
/// </summary>
public sealed class EctLoss : TrainingLoss
{
    private const double K = 8;

    private readonly Denoise _denoiser;
    private readonly NoiseLevels _levels;
    private readonly double _q;
    private readonly double _huber;
    private readonly long _stageSteps;

    /// <summary>The loss.</summary>
    /// <param name="denoiser">The trained network, which is also the target.</param>
    /// <param name="levels">The levels t; the paper's are log-normal with mean -1.1 and deviation 2.</param>
    /// <param name="q">The base of the schedule, above 1: 2 for the full schedule, 256 for the one-hour run.</param>
    /// <param name="huber">c of the pseudo-Huber distance; 0 for the Euclidean distance.</param>
    /// <param name="stageSteps">Optimizer steps per stage; 0 for a single stage.</param>
    public EctLoss(Denoise denoiser, NoiseLevels levels, double q, double huber = 0, long stageSteps = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(q, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(huber);
        ArgumentOutOfRangeException.ThrowIfNegative(stageSteps);
        _denoiser = denoiser;
        _levels = levels;
        _q = q;
        _huber = huber;
        _stageSteps = stageSteps;
    }

    /// <summary>The stage that a step lies in, from 0.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="stageSteps">Steps per stage; 0 for a single stage.</param>
    public static long StageAt(long step, long stageSteps) => stageSteps == 0 ? 0 : step / stageSteps;

    /// <summary>How far the two levels of a stage lie apart, (t - r)/t at large t: q^-(s+1).</summary>
    /// <param name="q">The base q.</param>
    /// <param name="stage">The stage s, from 0.</param>
    public static double RelativeStep(double q, long stage) => Math.Pow(q, -(stage + 1));

    /// <summary>The lower level r of a level t.</summary>
    /// <param name="t">Levels, <c>[N]</c>.</param>
    /// <param name="stage">The stage s, from 0.</param>
    public Tensor LowerLevel(Tensor t, long stage)
    {
        double decay = RelativeStep(_q, stage);
        return (t * (1 - (decay * (1 + (K * (-t).sigmoid()))))).clamp_min(0);
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        Tensor t = _levels.Draw(x.shape[0], current.Random);
        long stage = StageAt(current.Step, _stageSteps);
        return PerImage(x, t, LowerLevel(t, stage), current.Random.Normal(x.shape), current.Random);
    }

    /// <summary>The loss for given draws.</summary>
    /// <param name="x">Clean images, <c>[N,C,H,W]</c> in network space.</param>
    /// <param name="t">Upper levels, <c>[N]</c>.</param>
    /// <param name="r">Lower levels, <c>[N]</c>, each at least 0 and below t.</param>
    /// <param name="noise">Standard normal, like x.</param>
    /// <param name="random">Gives both evaluations the same dropout mask; null where the network has no dropout.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(Tensor x, Tensor t, Tensor r, Tensor noise, TrainingRandom? random = null)
    {
        random?.FixDropoutMask();
        Tensor upper = _denoiser(x + (t.view(-1, 1, 1, 1) * noise), t);
        Tensor target;
        using (no_grad())
        {
            random?.FixDropoutMask();

            // D is not defined at 0: those images are evaluated at t and replaced.
            Tensor atZero = r <= 0;
            Tensor lower = _denoiser(x + (r.view(-1, 1, 1, 1) * noise), where(atZero, t, r));
            target = where(atZero.view(-1, 1, 1, 1), x, lower);
        }

        return ImageDistance.PseudoHuber(upper, target, _huber) / (t - r);
    }
}
