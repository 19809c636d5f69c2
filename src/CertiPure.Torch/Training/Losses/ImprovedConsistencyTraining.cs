using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Improved consistency training (Song and Dhariwal 2024): the student is its own target, pseudo-Huber distance with
/// c = .00054 sqrt(dimensions), a grid of 10 to 1280 steps that doubles, levels drawn so that ln t is about normal with mean
/// -1.1 and deviation 2, and weight 1 / (t - r).
/// </summary>
public sealed class ImprovedConsistencyTraining : ConsistencyLoss
{
    private const double Mean = -1.1;
    private const double Deviation = 2;
    private readonly int _firstScales;
    private readonly int _lastScales;

    /// <summary>The loss.</summary>
    /// <param name="student">The trained network.</param>
    /// <param name="firstScales">s0, 10.</param>
    /// <param name="lastScales">s1, 1280.</param>
    public ImprovedConsistencyTraining(Denoise student, int firstScales = 10, int lastScales = 1280)
        : base(student, student, (a, b) => ImageDistance.PseudoHuber(a, b, 0.00054 * Math.Sqrt(a.numel() / (double)a.shape[0])))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstScales, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(lastScales, firstScales);
        _firstScales = firstScales;
        _lastScales = lastScales;
    }

    /// <summary>N(k) = min(s0 2^floor(k / K'), s1) + 1 with K' = floor(K / (log2(s1/s0) + 1)) (their equation 9).</summary>
    /// <param name="step">k.</param>
    /// <param name="steps">K.</param>
    public int Scales(long step, long steps)
    {
        double doublings = Math.Floor(Math.Log2((double)_lastScales / _firstScales));
        long length = Math.Max(1, (long)Math.Floor(steps / (doublings + 1)));
        return (int)Math.Min(_firstScales * Math.Pow(2, Math.Floor((double)step / length)), _lastScales) + 1;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        double[] levels = [.. new KarrasSchedule(Scales(current.Step, current.Steps)).Levels];
        using Tensor onCpu = tensor(levels.Select(level => (float)level).ToArray());
        Tensor grid = onCpu.to(x.device);
        Tensor index = DrawIndices(levels, x.shape[0], current.Random);
        Tensor t = grid.index_select(0, index), r = grid.index_select(0, index + 1);
        return PerImage(x, t, r, current.Random.Normal(x.shape), current.Random) / (t - r);
    }

    private protected override Tensor SolverStep(Tensor upper, Tensor t, Tensor r, Tensor x) =>
        ProbabilityFlow.EulerStep(upper, t, r, x);

    /// <summary>Index i with the normal probability of the interval of ln t between level i + 1 and level i (their
    /// equation 10).</summary>
    private static Tensor DrawIndices(double[] levels, long count, TrainingRandom random)
    {
        var cumulative = new float[levels.Length - 1];
        double sum = 0;
        for (int i = 0; i < cumulative.Length; i++)
        {
            sum += Cumulative(levels[i]) - Cumulative(levels[i + 1]);
            cumulative[i] = (float)sum;
        }

        Tensor uniform = random.Uniform(count) * (float)sum;
        using Tensor onCpu = tensor(cumulative);
        return searchsorted(onCpu.to(uniform.device), uniform, right: true).clamp(0, cumulative.Length - 1);
    }

    private static double Cumulative(double level) =>
        Smoothing.NormalDistribution.Cdf((Math.Log(level) - Mean) / Deviation);
}
