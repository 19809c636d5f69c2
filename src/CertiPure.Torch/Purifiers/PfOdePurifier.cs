using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>
/// PF-ODE EDM: Heun's method from the noisy image's level down the 18 Karras levels to 0.002, then one Euler step to 0
/// (Karras et al. 2022, algorithm 1 without its churn). It stays on the data manifold like a consistency model, at 13, 15 and
/// 17 network calls for sigma 0.25, 0.5 and 1.
/// </summary>
public sealed class PfOdePurifier : TorchPurifier
{
    private static readonly KarrasSchedule Schedule = KarrasSchedule.Cifar10;

    private readonly NoiseLevelRule _level;

    /// <summary>Takes over a denoiser.</summary>
    /// <param name="denoiser">The denoiser, under any preconditioning but the consistency model's.</param>
    /// <param name="level">Where the path starts: at 2 sigma, or at the level nearest to it.</param>
    /// <param name="precision">The format that the network computes in; the steps are computed in float32.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The denoiser is a consistency model or class-conditional without a fixed class.</exception>
    public PfOdePurifier(
        Denoiser denoiser, NoiseLevelRule level = NoiseLevelRule.Exact, Precision precision = Precision.Fp32, Device? device = null)
        : base(denoiser, precision, device)
    {
        RequireDiffusionModel(denoiser);
        _level = level;
    }

    /// <inheritdoc/>
    public override string Method => "pf-ode";

    /// <inheritdoc/>
    public override int NetworkCalls(double sigma) => CallsAt(sigma);

    /// <summary>Network evaluations per image at a noise level: two for each step of Heun's method, one for the last step.</summary>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    public static int CallsAt(double sigma) => (2 * (Schedule.Levels.Count - Schedule.NearestIndex(2 * sigma) - 1)) + 1;

    /// <inheritdoc/>
    protected override Tensor Restore(Tensor noisy, double sigma)
    {
        List<double> levels = Levels(sigma);
        Tensor state = noisy.alias();
        for (int i = 0; i < levels.Count; i++)
        {
            using DisposeScope step = NewDisposeScope();
            double t = levels[i], next = i + 1 < levels.Count ? levels[i + 1] : 0;
            Tensor slope = Slope(state, t);
            Tensor moved = state + (slope * (next - t));
            if (next > 0)
            {
                moved = state + ((slope + Slope(moved, next)) * ((next - t) / 2));
            }

            state.Dispose();
            state = moved.MoveToOuterDisposeScope();
        }

        return state;
    }

    private protected override GraphValue Restore(GraphBuilder graph, GraphValue noisy, double sigma)
    {
        List<double> levels = Levels(sigma);
        GraphValue state = noisy;
        for (int i = 0; i < levels.Count; i++)
        {
            double t = levels[i], next = i + 1 < levels.Count ? levels[i + 1] : 0;
            GraphValue slope = Slope(graph, state, t);
            GraphValue moved = graph.Add(state, graph.Multiply(slope, next - t));
            state = next > 0
                ? graph.Add(state, graph.Multiply(graph.Add(slope, Slope(graph, moved, next)), (next - t) / 2))
                : moved;
        }

        return state;
    }

    // dy/dt = (y - D(y,t)) / t.
    private Tensor Slope(Tensor state, double t) => (state - Denoise(state, t)) / t;

    private GraphValue Slope(GraphBuilder graph, GraphValue state, double t) =>
        graph.Multiply(graph.Subtract(state, Denoise(graph, state, t)), 1 / t);

    private List<double> Levels(double sigma)
    {
        double first = NetworkSpace.Level(sigma, _level);
        int nearest = Schedule.NearestIndex(2 * sigma);
        return [first, .. Schedule.Levels.Skip(nearest + 1)];
    }
}
