using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Levels;

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
