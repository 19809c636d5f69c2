namespace CertiPure.Smoothing;

/// <summary>Tails of the binomial distribution as sums of positive terms from the first term outwards.</summary>
internal static class BinomialTail
{
    /// <summary>A bound of the relative error of a tail that is at most 1/2 and at least 1e-290, n up to 10 million.</summary>
    internal const double RelativeError = 1e-10;

    /// <summary>P[Bin(n, p) &gt;= k].</summary>
    /// <param name="k">0 to n.</param>
    /// <param name="n">At least 1.</param>
    /// <param name="p">0 &lt; p &lt; 1.</param>
    internal static double AtLeast(int k, int n, double p) =>
        k <= 0 ? 1
        : k > n * p ? Outward(k, n, p, 1 - p)
        : 1 - (k == 0 ? 0 : Outward(n - k + 1, n, 1 - p, p));

    /// <summary>P[Bin(n, p) &lt;= k].</summary>
    /// <param name="k">0 to n.</param>
    /// <param name="n">At least 1.</param>
    /// <param name="p">0 &lt; p &lt; 1.</param>
    internal static double AtMost(int k, int n, double p) =>
        k >= n ? 1
        : k < n * p ? Outward(n - k, n, 1 - p, p)
        : 1 - Outward(k + 1, n, p, 1 - p);

    /// <summary>The probability of exactly k of n (Loader 2000, the saddle-point form: no cancellation for any n).</summary>
    internal static double Mass(int k, int n, double p, double q)
    {
        if (k == 0)
        {
            return ElementaryFunctions.Exp(n * LogOneMinus(p, q));
        }

        if (k == n)
        {
            return ElementaryFunctions.Exp(n * LogOneMinus(q, p));
        }

        int m = n - k;
        double exponent = StirlingError(n) - StirlingError(k) - StirlingError(m)
            - Deviance(k, n * p) - Deviance(m, n * q);
        return Math.Sqrt(n / (2 * Math.PI * k * (double)m)) * ElementaryFunctions.Exp(exponent);
    }

    /// <summary>ln q where q = 1 - p, from whichever of the two keeps its digits.</summary>
    private static double LogOneMinus(double p, double q)
    {
        if (p > 0.1)
        {
            return ElementaryFunctions.Log(q);
        }

        // ln(1 - p) = 2 artanh(-p / (2 - p))
        double s = -p / (2 - p);
        double term = 2 * s;
        double sum = term;
        for (int i = 3; Math.Abs(term) > Math.Abs(sum) * 1e-18 && i < 60; i += 2)
        {
            term *= s * s;
            sum += term / i;
        }

        return sum;
    }

    private static double Outward(int k, int n, double p, double q)
    {
        double term = 1;
        double sum = 1;
        double odds = p / q;
        for (int j = k; j < n; j++)
        {
            double ratio = (n - j) / (j + 1.0) * odds;
            term *= ratio;
            sum += term;

            // The rest is below a geometric series with the present ratio.
            if (term * ratio < sum * 1e-16 * (1 - ratio))
            {
                break;
            }
        }

        return Mass(k, n, p, q) * sum;
    }

    /// <summary>k ln(k/m) + m - k without cancellation (Loader's bd0).</summary>
    private static double Deviance(double k, double m)
    {
        if (Math.Abs(k - m) < 0.1 * (k + m))
        {
            double v = (k - m) / (k + m);
            double s = (k - m) * v;
            double term = 2 * k * v;
            for (int i = 3; i < 1000; i += 2)
            {
                term *= v * v;
                double next = s + (term / i);
                if (next == s)
                {
                    return next;
                }

                s = next;
            }
        }

        return (k * ElementaryFunctions.Log(k / m)) + m - k;
    }

    /// <summary>ln(n!) minus Stirling's formula: 1/(12n) - 1/(360n^3) + ... (exact to rounding from 16 on; below from ln of the
    /// exact factorial).</summary>
    private static double StirlingError(int n)
    {
        if (n < 16)
        {
            double factorial = 1;
            for (int i = 2; i <= n; i++)
            {
                factorial *= i;
            }

            return ElementaryFunctions.Log(factorial) - ((n + 0.5) * ElementaryFunctions.Log(n)) + n
                - 0.91893853320467274178;
        }

        double r = 1.0 / ((double)n * n);
        return ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (((1.0 / 1680) - (((1.0 / 1188)
            - (691.0 / 360360 * r)) * r)) * r)) * r)) * r)) / n;
    }
}
