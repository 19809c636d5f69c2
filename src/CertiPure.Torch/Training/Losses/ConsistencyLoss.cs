using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// What consistency distillation and consistency training share (Song et al. 2023, algorithms 2 and 3): from x + t n one
/// solver step leads down to the next level r, and the network's answer at t must agree with the target network's answer
/// there, which carries no gradient.
/// </summary>
public abstract class ConsistencyLoss : TrainingLoss
{
    private readonly Denoise _student;
    private readonly Denoise _target;
    private readonly Func<Tensor, Tensor, Tensor> _distance;

    /// <summary>Joins the networks.</summary>
    /// <param name="student">The trained network.</param>
    /// <param name="target">The target network: an average of the student, or the student itself.</param>
    /// <param name="distance">From two image batches <c>[N,C,H,W]</c> in network space to <c>[N]</c>.</param>
    private protected ConsistencyLoss(Denoise student, Denoise target, Func<Tensor, Tensor, Tensor> distance)
    {
        _student = student;
        _target = target;
        _distance = distance;
    }

    /// <summary>The loss for given draws.</summary>
    /// <param name="x">Clean images, <c>[N,C,H,W]</c> in network space.</param>
    /// <param name="t">Upper levels, <c>[N]</c>.</param>
    /// <param name="r">The levels below, <c>[N]</c>, above 0.</param>
    /// <param name="noise">Standard normal, like x.</param>
    /// <param name="random">Gives both evaluations the same dropout mask; null where the networks have no dropout.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(Tensor x, Tensor t, Tensor r, Tensor noise, TrainingRandom? random = null)
    {
        Tensor upper = x + (t.view(-1, 1, 1, 1) * noise);
        random?.FixDropoutMask();
        Tensor answer = _student(upper, t);
        Tensor target;
        using (no_grad())
        {
            Tensor lower = SolverStep(upper, t, r, x);
            random?.FixDropoutMask();
            target = _target(lower, r);
        }

        return _distance(answer, target);
    }

    /// <summary>One step of the probability-flow ODE from level t to level r.</summary>
    private protected abstract Tensor SolverStep(Tensor upper, Tensor t, Tensor r, Tensor x);
}

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

/// <summary>Steps of the probability-flow ODE dy/dt = (y - D(y, t)) / t (Karras et al. 2022, equation 4).</summary>
internal static class ProbabilityFlow
{
    /// <summary>Heun's second-order step (Karras et al. 2022, algorithm 1, without noise).</summary>
    public static Tensor HeunStep(Denoise denoise, Tensor y, Tensor t, Tensor r)
    {
        Tensor from = t.view(-1, 1, 1, 1), to = r.view(-1, 1, 1, 1);
        Tensor slope = (y - denoise(y, t)) / from;
        Tensor reached = y + (slope * (to - from));
        Tensor slopeThere = (reached - denoise(reached, r)) / to;
        return y + ((slope + slopeThere) * (to - from) / 2);
    }

    /// <summary>Euler's step with the clean image in the denoiser's place.</summary>
    public static Tensor EulerStep(Tensor y, Tensor t, Tensor r, Tensor x)
    {
        Tensor from = t.view(-1, 1, 1, 1), to = r.view(-1, 1, 1, 1);
        return y + ((y - x) / from * (to - from));
    }
}

/// <summary>A target network whose weights are an exponential moving average of the student's (Song et al. 2023, equation 8).
/// It is kept in 32 bits and never receives a gradient.</summary>
public sealed class TargetNetwork
{
    private readonly nn.Module _student;
    private readonly nn.Module _target;

    /// <summary>Makes the target equal to the student.</summary>
    /// <param name="student">The trained network.</param>
    /// <param name="target">A network of the same architecture, changed in place.</param>
    public TargetNetwork(nn.Module student, nn.Module target)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(target);
        _student = student;
        _target = target;
        using var noGradient = no_grad();
        foreach (Parameter parameter in target.parameters())
        {
            parameter.requires_grad_(false);
        }

        Dictionary<string, Tensor> state = student.state_dict();
        foreach ((string name, Tensor tensor) in target.state_dict())
        {
            tensor.copy_(state[name]);
        }
    }

    /// <summary>The target's weights by name, to be saved with a run.</summary>
    public IReadOnlyDictionary<string, Tensor> State =>
        _target.named_parameters().ToDictionary(entry => $"target.{entry.name}", entry => (Tensor)entry.parameter);

    /// <summary>target = decay * target + (1 - decay) * student.</summary>
    /// <param name="decay">mu, 0 to 1.</param>
    public void Follow(double decay)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();

        // Looked up anew each time: converting the student to another precision replaces its parameters.
        Dictionary<string, Parameter> students =
            _student.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        foreach ((string name, Parameter target) in _target.named_parameters())
        {
            target.mul_(decay).add_(students[name].to(target.dtype), alpha: 1 - decay);
        }
    }
}
