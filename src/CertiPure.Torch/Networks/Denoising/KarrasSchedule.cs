namespace CertiPure.Torch.Networks.Denoising;

/// <summary>
/// Descending noise levels t_i = (max^(1/rho) + i/(N-1) (min^(1/rho) - max^(1/rho)))^rho in network space (Karras et al.
/// 2022, equation 5).
/// </summary>
public sealed class KarrasSchedule
{
    /// <summary>The smallest level that the published models are trained at.</summary>
    public const double Least = 0.002;

    /// <summary>The largest level that the published models are trained at.</summary>
    public const double Largest = 80;

    /// <summary>Computes the levels.</summary>
    /// <param name="scales">The number of levels N, at least 2.</param>
    /// <param name="minimum">The last level, above 0.</param>
    /// <param name="maximum">The first level, above the last.</param>
    /// <param name="rho">How strongly the levels crowd at the low end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public KarrasSchedule(int scales, double minimum = Least, double maximum = Largest, double rho = 7)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scales, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimum);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximum, minimum);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rho);
        double first = Math.Pow(maximum, 1 / rho), last = Math.Pow(minimum, 1 / rho);
        var levels = new double[scales];
        for (int i = 0; i < scales; i++)
        {
            levels[i] = Math.Pow(first + ((double)i / (scales - 1) * (last - first)), rho);
        }

        Levels = levels;
    }

    /// <summary>The 18 levels of the CIFAR-10 consistency models and of the published code of Consistency Purification.</summary>
    public static KarrasSchedule Cifar10 { get; } = new(18);

    /// <summary>The levels, descending.</summary>
    public IReadOnlyList<double> Levels { get; }

    /// <summary>How close two neighbours t and r lie together, (t - r)/t, where they lie closest.</summary>
    public double LeastRelativeStep => Levels.Zip(Levels.Skip(1), (t, r) => (t - r) / t).Min();

    /// <summary>The position of the level that differs least from t.</summary>
    /// <param name="t">A noise level in network space.</param>
    public int NearestIndex(double t)
    {
        int nearest = 0;
        for (int i = 1; i < Levels.Count; i++)
        {
            if (Math.Abs(Levels[i] - t) < Math.Abs(Levels[nearest] - t))
            {
                nearest = i;
            }
        }

        return nearest;
    }
}
