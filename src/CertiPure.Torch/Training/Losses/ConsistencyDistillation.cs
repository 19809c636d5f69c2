using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Consistency distillation (Song et al. 2023, algorithm 2): the step from t to r is one Heun step of an EDM teacher; t and r
/// are neighbours on a Karras grid, drawn uniformly.
/// </summary>
public sealed class ConsistencyDistillation : ConsistencyLoss
{
    private readonly Denoise _teacher;
    private readonly Tensor _levels;
    private readonly TargetNetwork? _follower;
    private readonly double _targetDecay;

    /// <summary>The loss.</summary>
    /// <param name="student">The trained network.</param>
    /// <param name="target">The target network's function: that of <paramref name="follower"/>, or the student's.</param>
    /// <param name="teacher">The EDM denoiser; evaluated without gradient.</param>
    /// <param name="schedule">The grid: 18 levels for CIFAR-10, 40 for ImageNet-64.</param>
    /// <param name="distance">From two image batches to <c>[N]</c>.</param>
    /// <param name="follower">The target's weights, where they are an average; null where the student is its own target.</param>
    /// <param name="targetDecay">mu, the decay of that average: .95 for ImageNet-64.</param>
    public ConsistencyDistillation(
        Denoise student,
        Denoise target,
        Denoise teacher,
        KarrasSchedule schedule,
        Func<Tensor, Tensor, Tensor> distance,
        TargetNetwork? follower = null,
        double targetDecay = 0)
        : base(student, target, distance)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _teacher = teacher;
        _levels = tensor(schedule.Levels.Select(level => (float)level).ToArray());
        _follower = follower;
        _targetDecay = targetDecay;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => _follower?.State ?? base.State;

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        Tensor index = current.Random.Integers(_levels.shape[0] - 1, x.shape[0]);
        Tensor levels = _levels.to(x.device);
        return PerImage(
            x, levels.index_select(0, index), levels.index_select(0, index + 1), current.Random.Normal(x.shape), current.Random);
    }

    /// <inheritdoc/>
    public override void AfterStep(long stepsDone, long steps) => _follower?.Follow(_targetDecay);

    private protected override Tensor SolverStep(Tensor upper, Tensor t, Tensor r, Tensor x) =>
        ProbabilityFlow.HeunStep(_teacher, upper, t, r);
}
