namespace CertiPure.Smoothing;

/// <summary>
/// The standard normal distribution in double precision, made of IEEE + - x / and square root alone, so that bounds and radii
/// have the same bits on every platform.
/// </summary>
public static class NormalDistribution
{
    /// <summary>A bound of the relative error of <see cref="UpperTail"/> from 0 to 9, and no double below 1 has its quantile
    /// beyond: the exponent x^2/2 errs by 2^-53 of itself, below 2^-47.5; the series loses 3 bits in 1/2 - sum; the fraction has
    /// positive terms only.</summary>
    private const double UpperTailError = 1.0 / (1L << 46);

    /// <summary>Above P[Z &gt; 9].</summary>
    private const double LeastTail = 1.2e-19;

    private const double InverseSqrtTwoPi = 0.39894228040143267794;

    /// <summary>The distribution function, P[Z &lt;= x].</summary>
    /// <param name="x">Any finite number.</param>
    public static double Cdf(double x) => x < 0 ? UpperTail(-x) : 1.0 - UpperTail(x);

    /// <summary>The density at x.</summary>
    /// <param name="x">Any finite number.</param>
    public static double Density(double x) => InverseSqrtTwoPi * ElementaryFunctions.Exp(-0.5 * x * x);

    /// <summary>The upper tail, P[Z &gt; x], with full relative accuracy where 1 - Cdf would have lost it.</summary>
    /// <param name="x">Any finite number.</param>
    public static double UpperTail(double x)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        if (x < 0)
        {
            return 1.0 - UpperTail(-x);
        }

        if (x > 37)
        {
            return 0;
        }

        if (x < 1.5)
        {
            // Phi(x) - 1/2 = density(x) * (x + x^3/3 + x^5/(3*5) + ...), all terms positive.
            double term = x;
            double sum = x;
            for (int i = 3; term > sum * 1e-17; i += 2)
            {
                term *= x * x / i;
                sum += term;
            }

            return 0.5 - (Density(x) * sum);
        }

        // Laplace's continued fraction x + 1/(x + 2/(x + 3/(...))), from a depth that leaves less than 1e-17.
        int depth = 30 + (int)(600 / (x * x));
        double fraction = x;
        for (int i = depth; i >= 1; i--)
        {
            fraction = x + (i / fraction);
        }

        return Density(x) / fraction;
    }

    /// <summary>The quantile function, the x with Cdf(x) = p, to a relative error of about 1e-15 (Wichura 1988, algorithm
    /// AS 241, PPND16).</summary>
    /// <param name="p">A probability, 0 &lt; p &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not strictly between 0 and 1.</exception>
    public static double Quantile(double p)
    {
        CheckProbability(p);
        return NormalTransform.Quantile(p);
    }

    /// <summary>A number that certainly is at most the quantile of p, and for p from 1e-19 on within 3e-14 * max(1, |quantile|) of
    /// it: what a radius is made of.</summary>
    /// <param name="p">A probability, 0 &lt; p &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not strictly between 0 and 1.</exception>
    public static double QuantileRoundedDown(double p)
    {
        CheckProbability(p);
        if (p >= 0.5)
        {
            // x is below the quantile where the upper tail at x is above 1 - p, which is exact for p from 1/2 on.
            return Step(Quantile(p), -1, x => x <= 0 ? 0 : UpperTail(x) * (1 - UpperTailError) >= 1 - p ? x : null);
        }

        // Below -9 the tail has no error bound; no double has its quantile below -39.
        return p < LeastTail ? -39 : Step(Quantile(p), -1, x => UpperTail(-x) * (1 + UpperTailError) <= p ? x : null);
    }

    /// <summary>A number that certainly is at least the quantile of p, and for p from 1e-19 on within 3e-14 * max(1, |quantile|) of
    /// it.</summary>
    /// <param name="p">A probability, 0 &lt; p &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not strictly between 0 and 1.</exception>
    public static double QuantileRoundedUp(double p)
    {
        CheckProbability(p);
        return p < LeastTail ? -9
            : p > 0.5 ? Step(Quantile(p), 1, x => UpperTail(x) * (1 + UpperTailError) <= 1 - p ? x : null)
            : Step(Quantile(p), 1, x => x >= 0 ? 0 : UpperTail(-x) * (1 - UpperTailError) >= p ? x : null);
    }

    /// <summary>Goes from x into a direction in growing steps until a number is certain.</summary>
    private static double Step(double x, int direction, Func<double, double?> certain)
    {
        double step = direction * Math.Max(Math.Abs(x), 1) * (1.0 / (1L << 52));
        double? found;
        while ((found = certain(x)) is null)
        {
            x += step;
            step *= 2;
        }

        return found.Value;
    }

    private static void CheckProbability(double p)
    {
        if (!(p > 0 && p < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability strictly between 0 and 1 is needed.");
        }
    }
}
