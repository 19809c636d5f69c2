namespace CertiPure.Smoothing;

/// <summary>
/// Exact confidence bounds of a binomial proportion (Clopper and Pearson 1934), rounded to the safe side: a lower bound p is
/// returned only if P[Bin(n, p) &gt;= k] &lt;= alpha holds for that very double, with the rounding errors of the sum accounted for.
/// </summary>
public static class BinomialBound
{
    /// <summary>Below this, tails could underflow.</summary>
    public const double LeastAlpha = 1e-250;

    /// <summary>The one-sided lower bound: with probability at least 1 - alpha over the k of n successes, the true
    /// probability is at least this.</summary>
    /// <param name="k">Successes, 0 to n.</param>
    /// <param name="n">Trials, at least 1.</param>
    /// <param name="alpha">The error probability, 1e-250 &lt;= alpha &lt; 1.</param>
    /// <returns>The bound, rounded down; 0 for k = 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double Lower(int k, int n, double alpha)
    {
        CheckTrials(k, n);
        CheckAlpha(alpha);
        if (k == 0)
        {
            return 0;
        }

        double p = Solve(k, n, alpha);

        // Where the equation holds the rounding errors may be on either side; step down until the inequality is certain.
        double step = Math.BitIncrement(p) - p;
        while (BinomialTail.AtLeast(k, n, p).Highest > alpha)
        {
            p = Math.Max(0, p - step);
            step *= 2;
            if (p == 0)
            {
                return 0;
            }
        }

        return p;
    }

    /// <summary>Whether a number certainly is a lower bound, P[Bin(n, p) &gt;= k] &lt;= alpha: what <see cref="Lower(int, int,
    /// double)"/> holds to, and what a certificate's bound is checked by.</summary>
    /// <param name="p">The claimed bound, 0 &lt;= p &lt; 1.</param>
    /// <param name="k">Successes, 0 to n.</param>
    /// <param name="n">Trials, at least 1.</param>
    /// <param name="alpha">The error probability, 1e-250 &lt;= alpha &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static bool IsLower(double p, int k, int n, double alpha)
    {
        CheckTrials(k, n);
        CheckAlpha(alpha);
        if (!(p >= 0 && p < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability from 0 up to, but not including, 1 is needed.");
        }

        return p == 0 || BinomialTail.AtLeast(k, n, p).Highest <= alpha;
    }

    /// <summary>The best lower bound over the looks of one image; it errs with probability at most the sum of their
    /// alphas.</summary>
    /// <param name="looks">The looks; none gives 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double Lower(IEnumerable<Look> looks)
    {
        ArgumentNullException.ThrowIfNull(looks);
        return looks.Select(look => Lower(look.K, look.N, look.AlphaA)).DefaultIfEmpty(0).Max();
    }

    /// <summary>The best upper bound over the looks of one image of the probability of every class but the selected one. Together with
    /// the selected class's lower bound it errs with probability at most the sum of the looks' alphas (docs/method.md).</summary>
    /// <param name="looks">The looks; where none spends alpha on the others, what the lower bound leaves them.</param>
    /// <param name="lowerBound">The best lower bound over the looks.</param>
    /// <returns>The bound, rounded up, at most 1 - <paramref name="lowerBound"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double UpperOfOthers(IEnumerable<Look> looks, double lowerBound)
    {
        ArgumentNullException.ThrowIfNull(looks);
        double rest = lowerBound >= 0.5 || lowerBound == 0 ? 1 - lowerBound : Math.BitIncrement(1 - lowerBound);
        return looks.Where(look => look.AlphaB > 0).Select(look => Upper(look.Rival!.Value, look.N, look.AlphaB)).Append(rest).Min();
    }

    /// <summary>The one-sided upper bound, rounded up; 1 for k = n.</summary>
    /// <param name="k">Successes, 0 to n.</param>
    /// <param name="n">Trials, at least 1.</param>
    /// <param name="alpha">The error probability, 1e-250 &lt;= alpha &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double Upper(int k, int n, double alpha)
    {
        CheckTrials(k, n);
        double mirrored = 1.0 - Lower(n - k, n, alpha);
        // The subtraction rounds by at most half a unit in the last place.
        double p = mirrored == 1.0 ? 1.0 : Math.BitIncrement(mirrored);
        double step = p - Math.BitDecrement(p);
        while (!IsUpper(p, k, n, alpha))
        {
            p = Math.Min(1, p + step);
            step *= 2;
        }

        return p;
    }

    /// <summary>Whether a number certainly is an upper bound, P[Bin(n, p) &lt;= k] &lt;= alpha: what a certificate's upper bound is
    /// checked by.</summary>
    /// <param name="p">The claimed bound, 0 &lt; p &lt;= 1.</param>
    /// <param name="k">Successes, 0 to n.</param>
    /// <param name="n">Trials, at least 1.</param>
    /// <param name="alpha">The error probability, 1e-250 &lt;= alpha &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static bool IsUpper(double p, int k, int n, double alpha)
    {
        CheckTrials(k, n);
        CheckAlpha(alpha);
        if (!(p > 0 && p <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability above 0 and up to 1 is needed.");
        }

        return p == 1 || BinomialTail.AtMost(k, n, p).Highest <= alpha;
    }

    /// <summary>The two-sided Clopper-Pearson interval, rounded outwards: for the cells of reports.</summary>
    /// <param name="k">Successes, 0 to n.</param>
    /// <param name="n">Trials, at least 1.</param>
    /// <param name="confidence">The confidence, for example 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static (double Lower, double Upper) Interval(int k, int n, double confidence = 0.95)
    {
        CheckAlpha(confidence);
        double half = (1 - confidence) / 2;
        return (Lower(k, n, half), Upper(k, n, half));
    }

    /// <summary>The certified L2 radius sigma * PhiInv(p), rounded down (Cohen et al. 2019, Theorem 1); 0 where p is at most
    /// 1/2.</summary>
    /// <param name="lowerBound">A lower bound p of the class's probability, below 1.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <returns>The radius in pixel space.</returns>
    public static double Radius(double lowerBound, double sigma) =>
        lowerBound <= 0.5 ? 0 : Math.Max(0, Math.BitDecrement(sigma * NormalDistribution.QuantileRoundedDown(lowerBound)));

    /// <summary>The least number of successes that certifies a radius: the least k with P[Bin(n, Phi(r/sigma)) &gt;= k] &lt;=
    /// alpha.</summary>
    /// <param name="radius">The radius r in pixel space, at least 0.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="n">Trials, at least 1.</param>
    /// <param name="alpha">The error probability, 1e-250 &lt;= alpha &lt; 1.</param>
    /// <returns>The threshold, 1 to n, or null where even n successes do not certify it.</returns>
    public static int? SuccessesNeeded(double radius, double sigma, int n, double alpha)
    {
        CheckTrials(n, n);
        CheckAlpha(alpha);
        if (Certifies(n, n, radius, sigma, alpha) is false)
        {
            return null;
        }

        int low = 0;
        int high = n;
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (Certifies(middle, n, radius, sigma, alpha))
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return high;
    }

    /// <summary>PREDICT's test (Cohen et al. 2019, section 3.2.2; Hung and Fithian 2019): the two-sided p-value of the top
    /// class's votes against the runner-up's under a fair coin, rounded up.</summary>
    /// <param name="top">Votes of the top class.</param>
    /// <param name="runnerUp">Votes of the runner-up, at most <paramref name="top"/>.</param>
    public static double TwoSidedPValue(int top, int runnerUp)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(runnerUp);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, runnerUp);
        return top == runnerUp
            ? 1.0
            : Math.Min(1.0, 2 * BinomialTail.AtLeast(top, top + runnerUp, 0.5).Highest);
    }

    /// <summary>About the p with P[Bin(n, p) &gt;= k] = alpha, by Newton's method on the logarithm of the tail, whose derivative is
    /// k Mass(k) / (p tail), kept between bounds by bisection.</summary>
    private static double Solve(int k, int n, double alpha)
    {
        // Wilson's approximation starts close.
        double z = -NormalTransform.Quantile(alpha);
        double share = (double)k / n;
        double spread = z * Math.Sqrt((share * (1 - share) / n) + (z * z / (4.0 * n * n)));
        double p = (share + (z * z / (2.0 * n)) - spread) / (1 + (z * z / n));
        double low = 0;
        double high = 1;
        double target = ElementaryFunctions.Log(alpha);
        for (int i = 0; i < 100; i++)
        {
            if (!(p > low && p < high))
            {
                p = low + ((high - low) / 2);
            }

            double tail = BinomialTail.AtLeast(k, n, p).Value;
            if (tail <= alpha)
            {
                low = p;
            }
            else
            {
                high = p;
            }

            double mass = BinomialTail.Exactly(k, n, p).Value;
            double next = tail < BinomialTail.Smallest || mass < BinomialTail.Smallest
                ? low + ((high - low) / 2)
                : p - ((ElementaryFunctions.Log(tail) - target) * tail * p / (k * mass));
            if (Math.Abs(next - p) <= p * 1e-15)
            {
                break;
            }

            p = next;
        }

        return p > 0 && p < 1 ? p : low;
    }

    private static bool Certifies(int k, int n, double radius, double sigma, double alpha)
    {
        double lower = Lower(k, n, alpha);
        return radius == 0 ? lower > 0.5 : Radius(lower, sigma) >= radius;
    }

    private static void CheckTrials(int k, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, n);
    }

    private static void CheckAlpha(double alpha)
    {
        if (!(alpha >= LeastAlpha && alpha < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(alpha), alpha, "An error probability from 1e-250 up to, but not including, 1 is needed.");
        }
    }
}
