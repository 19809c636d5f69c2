using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>What looking early and giving up cost the margin bound, by forward recursion over the votes of the class and of its rival through
/// every checkpoint, with the plan's own decisions: nothing is simulated. The other votes go to classes that are never the strongest.</summary>
[Trait("group", "long")]
public sealed class MarginPowerTests(ITestOutputHelper output)
{
    private const double Alpha = 0.001;
    private const double Sigma = 0.5;
    private const double Negligible = 1e-11;

    [Theory]
    [InlineData(0.48, 0.30, 0)]
    [InlineData(0.45, 0.20, 0)]
    [InlineData(0.55, 0.25, 0.25)]
    public void The_staged_plan_loses_little_power_and_saves_draws(double pA, double pB, double radius)
    {
        var staged = new StagedPlan([radius], 100, 500, Alpha, BoundKind.Margin);
        var exhaustive = new FixedPlan(100, 500, Alpha, BoundKind.Margin);
        (double certified, double draws, double total) = Follow(staged, pA, pB, radius);
        (double most, _, double whole) = Follow(exhaustive, pA, pB, radius);
        output.WriteLine($"pA {pA}, pB {pB}, radius {radius}: fixed {most:P2}, staged {certified:P2} with {draws:0} draws");
        Assert.Equal(1, total, 2e-3);
        Assert.Equal(1, whole, 2e-3);
        Assert.InRange(certified, most - 0.04, most + 0.02);
        Assert.True(draws < 500);
    }

    /// <summary>An estimation is a function of the votes at its checkpoints, so each path of votes needs one of its own; paths that meet in
    /// the same votes and undecided radius go on as one, which with a single radius is exact up to which look decided it.</summary>
    private static (double Certified, double MeanDraws, double Total) Follow(SamplingPlan plan, double pA, double pB, double radius)
    {
        double certified = 0, draws = 0, total = 0;
        var states = new Dictionary<(int A, int B), (double Mass, IReadOnlyList<int[]> Path)> { [(0, 0)] = (1, []) };
        int n = 0;
        while (states.Count > 0)
        {
            int next = NextCheckpoint(plan, n);
            double[,] step = Multinomial(next - n, pA, pB);
            var masses = new Dictionary<(int A, int B), (double Mass, double Most, IReadOnlyList<int[]> Path)>();
            foreach (((int a, int b), (double mass, IReadOnlyList<int[]> path)) in states)
            {
                for (int i = 0; i <= next - n; i++)
                {
                    for (int j = 0; j <= next - n - i; j++)
                    {
                        double moved = mass * step[i, j];
                        if (moved > Negligible)
                        {
                            (double Mass, double Most, IReadOnlyList<int[]> Path) known = masses.GetValueOrDefault((a + i, b + j), (0, 0, path));
                            masses[(a + i, b + j)] = (known.Mass + moved, Math.Max(known.Most, moved), moved > known.Most ? path : known.Path);
                        }
                    }
                }
            }

            n = next;
            states = [];
            foreach (((int a, int b), (double mass, _, IReadOnlyList<int[]> path)) in masses)
            {
                int[][] votes = [.. path, Votes(n, a, b)];
                Estimation estimation = plan.Begin(Sigma);
                estimation.Select(new VoteCounts([50, 30, 10, 10]));
                foreach (int[] at in votes)
                {
                    estimation.Observe(new VoteCounts(at));
                }

                if (estimation.IsFinished)
                {
                    (_, _, double found, bool isCertified) = MarginBound.Of(estimation.Looks, Sigma);
                    certified += isCertified && found >= radius ? mass : 0;
                    draws += n * mass;
                    total += mass;
                }
                else
                {
                    states[(a, b)] = (mass, votes);
                }
            }
        }

        return (certified, draws, total);
    }

    private static int NextCheckpoint(SamplingPlan plan, int n) =>
        plan is StagedPlan staged ? Math.Min(n + staged.Interval, plan.EstimationDraws) : plan.EstimationDraws;

    /// <summary>The rest is spread over many classes, none of which is the strongest.</summary>
    private static int[] Votes(int n, int a, int b)
    {
        int rest = n - a - b;
        int others = 4 + (b == 0 ? rest : rest / b);
        int[] votes = [a, b, .. Enumerable.Range(0, others).Select(i => (rest / others) + (i < rest % others ? 1 : 0))];
        return votes;
    }

    private static double[,] Multinomial(int draws, double pA, double pB)
    {
        double[,] chances = new double[draws + 1, draws + 1];
        for (int i = 0; i <= draws; i++)
        {
            for (int j = 0; j <= draws - i; j++)
            {
                chances[i, j] = MultinomialOutcomes.Probability([i, j, draws - i - j], [pA, pB, 1 - pA - pB]);
            }
        }

        return chances;
    }
}
