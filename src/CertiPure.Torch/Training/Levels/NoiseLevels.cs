using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Levels;

/// <summary>A distribution of noise levels t in network space (t = 2 * sigma).</summary>
public abstract class NoiseLevels
{
    /// <summary>Draws levels.</summary>
    /// <param name="count">N.</param>
    /// <param name="random">The step's randomness.</param>
    /// <returns><c>[N]</c>, above 0.</returns>
    public abstract Tensor Draw(long count, TrainingRandom random);
}

/// <summary>
/// ln t ~ N(mean, deviation^2) (Karras et al. 2022, table 1: mean -1.2, deviation 1.2), truncated at a maximum where
/// higher levels will never be asked for: purification at noise sigma only asks for t = 2 * sigma.
/// </summary>
public sealed class LogNormalLevels : NoiseLevels
{
    private readonly double _mean;
    private readonly double _deviation;
    private readonly double _largestQuantile;

    /// <summary>The distribution.</summary>
    /// <param name="mean">The mean of ln t.</param>
    /// <param name="deviation">The standard deviation of ln t, above 0.</param>
    /// <param name="maximum">The largest level, above 0; infinity for none.</param>
    public LogNormalLevels(double mean, double deviation, double maximum = double.PositiveInfinity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deviation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximum);
        _mean = mean;
        _deviation = deviation;
        _largestQuantile = double.IsPositiveInfinity(maximum)
            ? 1
            : CertiPure.Smoothing.NormalDistribution.Cdf((Math.Log(maximum) - mean) / deviation);
    }

    /// <inheritdoc/>
    public override Tensor Draw(long count, TrainingRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (_largestQuantile == 1)
        {
            return (_mean + (_deviation * random.Normal(count))).exp();
        }

        // The quantile function at a uniform number in (0, largest): a truncated normal without rejection.
        Tensor uniform = random.Uniform(count).to(ScalarType.Float64).clamp(1e-9, 1) * _largestQuantile;
        Tensor normal = ((2 * uniform) - 1).erfinv() * Math.Sqrt(2);
        return (_mean + (_deviation * normal)).exp().to(ScalarType.Float32);
    }
}

/// <summary>Uniform over a few chosen levels, such as {0.5, 1, 2}, the ones that certification at sigma .25, .5 and 1 asks
/// for (Consistency Purification, Consistency Fine-tuning).</summary>
public sealed class ChosenLevels : NoiseLevels
{
    private readonly float[] _levels;

    /// <summary>The levels.</summary>
    /// <param name="levels">At least one level t = 2 * sigma, each above 0.</param>
    public ChosenLevels(params IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        if (levels.Count == 0 || levels.Any(level => !(level > 0) || !double.IsFinite(level)))
        {
            throw new ArgumentException("Noise levels are finite numbers above 0, and there is at least one.", nameof(levels));
        }

        _levels = [.. levels.Select(level => (float)level)];
    }

    /// <inheritdoc/>
    public override Tensor Draw(long count, TrainingRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        using Tensor choice = random.Integers(_levels.Length, count);
        return tensor(_levels, device: choice.device).index_select(0, choice);
    }
}

/// <summary>One distribution with a given probability, else another: most of a small network's capacity for the levels that
/// are asked for, the rest for those between.</summary>
/// <param name="first">Drawn with the given probability.</param>
/// <param name="probability">0 to 1.</param>
/// <param name="second">Drawn otherwise.</param>
public sealed class MixedLevels(NoiseLevels first, double probability, NoiseLevels second) : NoiseLevels
{
    /// <inheritdoc/>
    public override Tensor Draw(long count, TrainingRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Tensor chooseFirst = random.Uniform(count) < probability;
        return where(chooseFirst, first.Draw(count, random), second.Draw(count, random));
    }
}
