using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Consistency training (Song et al. 2023, algorithm 3): the step from t to r is an Euler step with the clean image itself,
/// so no teacher is needed. The grid grows and the target's decay rises as training goes on.
/// </summary>
public sealed class ConsistencyTraining : ConsistencyLoss
{
    private readonly TargetNetwork _follower;
    private readonly int _firstScales;
    private readonly int _lastScales;
    private readonly double _firstDecay;

    /// <summary>The loss.</summary>
    /// <param name="student">The trained network.</param>
    /// <param name="target">The target network's function.</param>
    /// <param name="follower">The target's weights.</param>
    /// <param name="distance">From two image batches to <c>[N]</c>.</param>
    /// <param name="firstScales">s0, 2.</param>
    /// <param name="lastScales">s1: 150 for CIFAR-10, 200 for ImageNet-64.</param>
    /// <param name="firstDecay">mu0: .9 for CIFAR-10, .95 for ImageNet-64.</param>
    public ConsistencyTraining(
        Denoise student,
        Denoise target,
        TargetNetwork follower,
        Func<Tensor, Tensor, Tensor> distance,
        int firstScales = 2,
        int lastScales = 150,
        double firstDecay = 0.9)
        : base(student, target, distance)
    {
        ArgumentNullException.ThrowIfNull(follower);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstScales, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(lastScales, firstScales);
        _follower = follower;
        _firstScales = firstScales;
        _lastScales = lastScales;
        _firstDecay = firstDecay;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => _follower.State;

    /// <summary>N(k), the number of levels at step k of K (Song et al. 2023, appendix C):
    /// ceil(sqrt(k/K ((s1+1)^2 - s0^2) + s0^2) - 1) + 1.</summary>
    /// <param name="step">k.</param>
    /// <param name="steps">K.</param>
    public int Scales(long step, long steps)
    {
        double first = (double)_firstScales * _firstScales;
        double last = (_lastScales + 1.0) * (_lastScales + 1.0);
        return (int)Math.Ceiling(Math.Sqrt(((double)step / steps * (last - first)) + first) - 1) + 1;
    }

    /// <summary>mu(k), the target's decay: exp(s0 ln(mu0) / (N(k) - 1)).</summary>
    /// <param name="step">k.</param>
    /// <param name="steps">K.</param>
    public double TargetDecay(long step, long steps) =>
        Math.Exp(_firstScales * Math.Log(_firstDecay) / (Scales(step, steps) - 1));

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        var schedule = new KarrasSchedule(Scales(current.Step, current.Steps));
        using Tensor onCpu = tensor(schedule.Levels.Select(level => (float)level).ToArray());
        Tensor levels = onCpu.to(x.device);
        Tensor index = current.Random.Integers(schedule.Levels.Count - 1, x.shape[0]);
        return PerImage(
            x, levels.index_select(0, index), levels.index_select(0, index + 1), current.Random.Normal(x.shape), current.Random);
    }

    /// <inheritdoc/>
    public override void AfterStep(long stepsDone, long steps) => _follower.Follow(TargetDecay(stepsDone - 1, steps));

    private protected override Tensor SolverStep(Tensor upper, Tensor t, Tensor r, Tensor x) =>
        ProbabilityFlow.EulerStep(upper, t, r, x);
}
