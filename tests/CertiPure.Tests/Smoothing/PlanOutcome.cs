using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>What a staged plan does at one truth, by forward recursion over (n, k) through every checkpoint; the plan itself decides,
/// and nothing is simulated.</summary>
/// <param name="FalseClaim">The probability that a look that is taken has a bound above the truth.</param>
/// <param name="Certified">The probability that the radius asked about is certified.</param>
/// <param name="MeanDraws">The expected number of draws.</param>
/// <param name="Total">The sum of all probabilities, which is 1.</param>
internal sealed record PlanOutcome(double FalseClaim, double Certified, double MeanDraws, double Total)
{
    internal static PlanOutcome Of(StagedPlan plan, double sigma, double p, double radius)
    {
        CountDistribution step = CountDistribution.Binomial(plan.Interval, p);
        var thresholds = new StagedThresholds(plan, sigma);

        // A state is what the plan has decided, whether the radius asked about was certified at a look that is past, and whether a false
        // claim was made.
        var states = new Dictionary<State, CountDistribution> { [new State(thresholds.Start, false, false)] = CountDistribution.Start };
        double falseClaim = 0, certified = 0, meanDraws = 0, total = 0;
        for (int n = plan.Interval; states.Count > 0; n += plan.Interval)
        {
            var next = new Dictionary<State, SortedDictionary<int, double>>();
            PlannedLook? look = plan.Looks.FirstOrDefault(candidate => candidate.N == n);
            int leastFalse = look is null ? int.MaxValue : PlanErrorTests.LeastFalseCount(look, p);
            int asked = look is null
                ? int.MaxValue
                : BinomialBound.SuccessesNeeded(radius, sigma, n, look.Alpha) ?? int.MaxValue;
            foreach ((State state, CountDistribution before) in states)
            {
                CountDistribution counts = before.Plus(step);
                for (int i = 0; i < counts.Probabilities.Length; i++)
                {
                    int k = counts.First + i;
                    var after = new State(
                        thresholds.Decide(state.Decisions, n, k), state.FalseClaim || k >= leastFalse, state.Asked || k >= asked);
                    double mass = counts.Probabilities[i];
                    if (thresholds.IsFinished(after.Decisions, n))
                    {
                        falseClaim += after.FalseClaim ? mass : 0;
                        certified += after.Asked ? mass : 0;
                        meanDraws += n * mass;
                        total += mass;
                    }
                    else
                    {
                        SortedDictionary<int, double> masses = next.TryGetValue(after, out SortedDictionary<int, double>? found)
                            ? found
                            : next[after] = [];
                        masses[k] = masses.GetValueOrDefault(k) + mass;
                    }
                }
            }

            states = next.ToDictionary(pair => pair.Key, pair => Dense(pair.Value));
        }

        return new PlanOutcome(falseClaim, certified, meanDraws, total);
    }

    private static CountDistribution Dense(SortedDictionary<int, double> masses)
    {
        int first = masses.Keys.First();
        double[] probabilities = new double[masses.Keys.Last() - first + 1];
        foreach ((int k, double mass) in masses)
        {
            probabilities[k - first] = mass;
        }

        return new CountDistribution(first, probabilities);
    }

    private readonly record struct State(StagedDecisions Decisions, bool FalseClaim, bool Asked);
}
