using CertiPure.Torch.Training.Data;
using TorchSharp;
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
