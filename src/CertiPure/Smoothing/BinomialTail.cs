namespace CertiPure.Smoothing;

/// <summary>
/// A tail probability of the binomial distribution, computed with IEEE + - x / and square root alone, together with a bound of
/// its relative rounding error.
/// </summary>
/// <param name="Value">The computed probability.</param>
/// <param name="RelativeError">The true one differs from <paramref name="Value"/> by at most this share of it, plus what
/// underflows.</param>
/// <remarks>
/// The tail is the mass of its first term times 1 + r1 + r1*r2 + ..., the ratios of neighbouring terms, all positive. With
/// u = 2^-53: a ratio errs by 4u, a product and a sum by u each, so J terms by 6Ju. The mass is Loader's saddle-point form
/// ("Fast and accurate computation of binomial probabilities", 2000), whose exponent -D1 - D2 has no cancellation: an expected
/// count m = np errs by 2um, which changes the deviance D(k, m) = k ln(k/m) + m - k by 2u|k - m|; the series for k near m errs by
/// 12u of itself, the logarithm away from it by 8u(k + m + k|ln(k/m)|); adding up, by 5u of the sum. The exponential and the
/// remaining operations add less than 32u. All of it is doubled.
/// </remarks>
internal readonly record struct BinomialTail(double Value, double RelativeError)
{
    private const double Unit = 1.0 / (1L << 53);

    /// <summary>What is below this may have underflowed on the way.</summary>
    internal const double Smallest = 1e-290;

    /// <summary>ln(n!) minus Stirling's n ln n - n + ln(2 pi n)/2, for n = 1 to 15.</summary>
    private static ReadOnlySpan<double> StirlingErrors =>
    [
        0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
        0.013876128823070748, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.00833056343336287,
        0.007573675487951841, 0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801,
    ];

    /// <summary>No true tail is above this.</summary>
    internal double Highest => Math.Min(1, (Value * (1 + RelativeError)) + Smallest);

    /// <summary>No true tail is below this.</summary>
    internal double Lowest => Math.Max(0, (Value * (1 - RelativeError)) - Smallest);

    /// <summary>P[Bin(n, p) &gt;= k].</summary>
    /// <param name="k">0 to n.</param>
    /// <param name="n">1 to 2^31 - 1.</param>
    /// <param name="p">0 &lt; p &lt; 1.</param>
    internal static BinomialTail AtLeast(int k, int n, double p) =>
        k == 0 ? new BinomialTail(1, 0)
        : k > n * p ? Outward(k, n, p, 1 - p)
        : Outward(n - k + 1, n, 1 - p, p).Complement();

    /// <summary>P[Bin(n, p) &lt;= k].</summary>
    /// <param name="k">0 to n.</param>
    /// <param name="n">1 to 2^31 - 1.</param>
    /// <param name="p">0 &lt; p &lt; 1.</param>
    internal static BinomialTail AtMost(int k, int n, double p) =>
        k == n ? new BinomialTail(1, 0)
        : k < n * p ? Outward(n - k, n, 1 - p, p)
        : Outward(k + 1, n, p, 1 - p).Complement();

    /// <summary>P[Bin(n, p) = k].</summary>
    /// <param name="k">0 to n.</param>
    /// <param name="n">1 to 2^31 - 1.</param>
    /// <param name="p">0 &lt; p &lt; 1.</param>
    internal static BinomialTail Exactly(int k, int n, double p) =>
        k == 0 ? Mass(n, n, 1 - p, p) : Mass(k, n, p, 1 - p);

    /// <summary>The tail from k upwards, where k is above the mean, so that the terms decrease.</summary>
    private static BinomialTail Outward(int k, int n, double p, double q)
    {
        double term = 1;
        double sum = 1;
        double odds = p / q;
        int terms = 1;
        for (int j = k; j < n; j++)
        {
            double ratio = (n - j) / (j + 1.0) * odds;
            term *= ratio;
            sum += term;
            terms++;

            // The ratios decrease, so the rest is below a geometric series with the present one.
            if (term * ratio <= sum * Unit * (1 - ratio))
            {
                break;
            }
        }

        BinomialTail mass = Mass(k, n, p, q);
        return new BinomialTail(mass.Value * sum, mass.RelativeError + (2 * Unit * ((6.0 * terms) + 2)));
    }

    /// <summary>The probability of k of n, k at least 1, for a success probability p with q = 1 - p.</summary>
    private static BinomialTail Mass(int k, int n, double p, double q)
    {
        if (k == n)
        {
            double exponent = n * LogOneMinus(q, p);
            return new BinomialTail(
                ElementaryFunctions.Exp(exponent), 2 * Unit * (32 + (10 * Math.Abs(exponent)) + (2.0 * n)));
        }

        int m = n - k;
        double successes = n * p;
        double failures = n * q;
        (double firstDeviance, double firstError) = Deviance(k, successes);
        (double secondDeviance, double secondError) = Deviance(m, failures);
        double sum = firstDeviance + secondDeviance;
        double error = 32 + (2 * (Math.Abs(k - successes) + Math.Abs(m - failures))) + firstError + secondError + (5 * sum);
        double logarithm = StirlingError(n) - StirlingError(k) - StirlingError(m) - sum;
        return new BinomialTail(
            Math.Sqrt(n / (2 * Math.PI * k * (double)m)) * ElementaryFunctions.Exp(logarithm), 2 * Unit * error);
    }

    /// <summary>ln(1 - p) from whichever of p and q = 1 - p keeps its digits; relative error 8u.</summary>
    private static double LogOneMinus(double p, double q)
    {
        if (p > 0.1)
        {
            return ElementaryFunctions.Log(q);
        }

        // -2 artanh(p / (2 - p))
        double s = p / (2 - p);
        double power = 2 * s;
        double sum = power;
        for (int i = 3; power > sum * Unit; i += 2)
        {
            power *= s * s;
            sum += power / i;
        }

        return -sum;
    }

    /// <summary>k ln(k/m) + m - k for k, m above 0, and its absolute rounding error in units of 2^-53 (Loader's bd0).</summary>
    private static (double Value, double ErrorUnits) Deviance(double k, double m)
    {
        double v = (k - m) / (k + m);
        if (Math.Abs(v) < 0.1)
        {
            double sum = (k - m) * v;
            double power = 2 * k * v;
            double last;
            int i = 3;
            do
            {
                power *= v * v;
                last = sum;
                sum += power / i;
                i += 2;
            }
            while (sum != last);
            return (sum, 12 * sum);
        }

        double logarithm = ElementaryFunctions.Log(k / m);
        return (
            Math.Max(0, (k * logarithm) + m - k),
            8 * (k + m + (k * Math.Abs(logarithm))));
    }

    private static double StirlingError(int n)
    {
        if (n <= StirlingErrors.Length)
        {
            return StirlingErrors[n - 1];
        }

        // 1/12n - 1/360n^3 + 1/1260n^5 - ...: from 16 on, what is left out is below 691/360360n^11, which is below 2^-53.
        double r = 1.0 / ((double)n * n);
        double series = 1.0 / 1188;
        series = (1.0 / 1680) - (series * r);
        series = (1.0 / 1260) - (series * r);
        series = (1.0 / 360) - (series * r);
        series = (1.0 / 12) - (series * r);
        return series / n;
    }

    /// <summary>One minus this tail, for a tail of at most about 1/2 or where the absolute error is enough.</summary>
    private BinomialTail Complement()
    {
        double value = Math.Max(0, 1 - Value);
        return value == 0
            ? new BinomialTail(Unit, 1)
            : new BinomialTail(value, (((Value * RelativeError) + Smallest) / value) + (2 * Unit));
    }
}
