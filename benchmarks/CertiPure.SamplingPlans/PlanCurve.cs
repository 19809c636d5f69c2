using System.Numerics.Tensors;
using CertiPure.Reports;
using CertiPure.Smoothing;

namespace CertiPure.SamplingPlans;

/// <summary>What a plan does at each of many true probabilities p, by forward recursion over (n, k) through every checkpoint:
/// nothing is simulated.</summary>
/// <param name="Draws">The expected number of draws at each p.</param>
/// <param name="Power">At each p, for each radius of the paper's grid, the probability that it is certified.</param>
internal sealed record PlanCurve(IReadOnlyList<double> Draws, IReadOnlyList<double[]> Power)
{
    private const int Interval = 100;

    /// <summary>Counts of a smaller probability are left out.</summary>
    private const double Negligible = 1e-14;

    /// <summary>The true probabilities, by their quantile: PhiInv(p) = -1, -0.95, ..., 4.2.</summary>
    internal static IReadOnlyList<double> Truths { get; } =
        [.. Enumerable.Range(0, 105).Select(i => NormalDistribution.Cdf(-1 + (0.05 * i)))];

    /// <summary>The number of the truth next to a probability.</summary>
    internal static int Nearest(double p) =>
        (int)Math.Clamp(Math.Round((NormalDistribution.Quantile(p) + 1) / 0.05), 0, Truths.Count - 1);

    /// <summary>Computes a plan's curve.</summary>
    internal static PlanCurve Of(CandidatePlan plan, double sigma)
    {
        PlannedLook last = plan.Looks[^1];
        double[] radii = [.. CertifiedAccuracy.DefaultRadii
            .TakeWhile(radius => BinomialBound.SuccessesNeeded(radius, sigma, last.N, last.Alpha) is not null)];
        Dictionary<int, int[]> certify = plan.Looks.ToDictionary(
            look => look.N,
            look => radii.Select(r => BinomialBound.SuccessesNeeded(r, sigma, look.N, look.Alpha) ?? int.MaxValue).ToArray());
        int[][] giveUp = GiveUpCounts(plan.GiveUp, sigma, radii, last.N);
        var outcomes = Truths.Select(p => Follow(certify, giveUp, p, radii.Length, last.N)).ToArray();
        return new PlanCurve([.. outcomes.Select(outcome => outcome.Draws)], [.. outcomes.Select(outcome => outcome.Power)]);
    }

    private static (double Draws, double[] Power) Follow(
        Dictionary<int, int[]> certify, int[][] giveUp, double p, int radii, int draws)
    {
        double[] step = Step(p);
        double mean = 0;
        double[] power = new double[CertifiedAccuracy.DefaultRadii.Count];

        // A state: the radii below Low are certified, those from High on given up. Its masses start at the count First.
        var states = new Dictionary<(int Low, int High), (int First, double[] Mass)> { [(0, radii)] = (0, [1]) };
        for (int n = Interval; states.Count > 0; n += Interval)
        {
            var next = new Dictionary<(int Low, int High), double[]>();
            foreach (((int Low, int High) state, (int first, double[] mass)) in states)
            {
                double[] counts = new double[mass.Length + Interval];
                for (int i = 0; i < mass.Length; i++)
                {
                    Span<double> target = counts.AsSpan(i, Interval + 1);
                    TensorPrimitives.MultiplyAdd(step, mass[i], target, target);
                }

                for (int i = 0; i < counts.Length; i++)
                {
                    if (counts[i] < Negligible)
                    {
                        continue;
                    }

                    (int Low, int High) after = Decide(state, first + i, n, certify, giveUp);
                    if (after.Low == after.High || n == draws)
                    {
                        mean += n * counts[i];
                        for (int r = 0; r < after.Low; r++)
                        {
                            power[r] += counts[i];
                        }
                    }
                    else
                    {
                        (next.TryGetValue(after, out double[]? found) ? found : next[after] = new double[draws + 1])[first + i]
                            += counts[i];
                    }
                }
            }

            states = next.ToDictionary(pair => pair.Key, pair => Trim(pair.Value));
        }

        return (mean, power);
    }

    private static (int Low, int High) Decide(
        (int Low, int High) state, int k, int n, Dictionary<int, int[]> certify, int[][] giveUp)
    {
        (int low, int high) = state;
        if (certify.TryGetValue(n, out int[]? needed))
        {
            while (low < high && k >= needed[low])
            {
                low++;
            }
        }

        while (low < high && k <= giveUp[(n / Interval) - 1][high - 1])
        {
            high--;
        }

        return (low, high);
    }

    /// <summary>For each checkpoint and radius the most votes with which it is given up: the largest k whose upper confidence
    /// bound does not reach the radius.</summary>
    private static int[][] GiveUpCounts(double probability, double sigma, double[] radii, int draws)
    {
        int[][] counts = new int[draws / Interval][];
        int[] previous = [.. radii.Select(_ => -1)];
        for (int i = 0; i < counts.Length; i++)
        {
            int n = (i + 1) * Interval;
            counts[i] = previous = probability == 0
                ? previous
                : [.. previous.Select((least, r) => Most(least, n, NormalDistribution.Cdf(radii[r] / sigma)))];
        }

        return counts;

        int Most(int low, int n, double p)
        {
            int high = Math.Min(n, low + Interval + 1);
            while (high - low > 1)
            {
                int middle = (low + high) / 2;
                (low, high) = BinomialBound.Upper(middle, n, probability) <= p ? (middle, high) : (low, middle);
            }

            return low;
        }
    }

    /// <summary>Bin(100, p), one draw after the other.</summary>
    private static double[] Step(double p)
    {
        double[] mass = new double[Interval + 1];
        mass[0] = 1;
        for (int draw = 1; draw <= Interval; draw++)
        {
            for (int k = draw; k > 0; k--)
            {
                mass[k] = (mass[k] * (1 - p)) + (mass[k - 1] * p);
            }

            mass[0] *= 1 - p;
        }

        return mass;
    }

    private static (int First, double[] Mass) Trim(double[] mass)
    {
        int first = Array.FindIndex(mass, m => m > 0);
        int end = Array.FindLastIndex(mass, m => m > 0) + 1;
        return (first, mass[first..end]);
    }
}
