using CertiPure.Smoothing;

namespace CertiPure.SamplingPlans;

/// <summary>A staged plan with other looks or another readiness to give radii up.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Looks">Its looks; their alphas sum to at most 0.001.</param>
/// <param name="GiveUp">A radius is given up where so few votes have at most this probability; 0 for never.</param>
internal sealed record CandidatePlan(string Name, IReadOnlyList<PlannedLook> Looks, double GiveUp)
{
    private const double Alpha = 0.001;
    private const int Draws = 10_000;
    private const double UsualGiveUp = 0.001;

    /// <summary>The plan of the papers.</summary>
    internal static CandidatePlan Fixed { get; } = new("fixed", [new PlannedLook(Draws, Alpha)], 0);

    /// <summary>The staged plan of the library.</summary>
    internal static CandidatePlan Adopted { get; } = new("adopted", new StagedPlan([0]).Looks, UsualGiveUp);

    /// <summary>What the search began with: four early looks.</summary>
    internal static CandidatePlan First { get; } = Spend("four early looks", [200, 600, 1_600, 4_000], _ => 0.02);

    /// <summary>What is tried.</summary>
    internal static IEnumerable<CandidatePlan> All()
    {
        yield return First;
        yield return Adopted;
        foreach (double giveUp in new[] { 1e-4, 3e-3, 1e-2, 3e-2 })
        {
            yield return First with { Name = $"give up at {giveUp}", GiveUp = giveUp };
        }

        int[] four = [200, 600, 1_600, 4_000];
        foreach (double share in new[] { 0.005, 0.05, 0.1 })
        {
            yield return Spend($"four looks, {share:P1} each", four, _ => share);
        }

        yield return Spend("2 looks before the end", [400, 2_500], _ => 0.02);
        yield return Spend("6 looks before the end, doubling", [200, 400, 800, 1_600, 3_200, 6_400], _ => 0.02);
        yield return Spend("9 looks before the end", [100, 200, 300, 500, 900, 1_600, 2_700, 4_400, 7_000], _ => 0.01);

        // Spending functions: what is spent by the time t = n / 10,000 (Lan and DeMets 1983).
        int[] tenths = [.. Enumerable.Range(1, 9).Select(i => 1_000 * i)];
        foreach ((string where, int[] looks) in new[] { ("four looks", four), ("every 1,000", tenths) })
        {
            yield return SpendBy($"O'Brien-Fleming, {where}", looks, OBrienFleming);
            yield return SpendBy($"Pocock, {where}", looks, t => Alpha * Math.Log(1 + ((Math.E - 1) * t)));
            yield return SpendBy($"alpha t, {where}", looks, t => Alpha * t);
            yield return SpendBy($"alpha t^2, {where}", looks, t => Alpha * t * t);
        }

        // The largest radius within reach at sigma 0.25 needs more than 5,000 draws at any alpha: a late look, and its price.
        foreach ((int late, double share) in new[]
        {
            (5_500, 0.3), (6_000, 0.4), (6_400, 0.2), (6_600, 0.15), (6_700, 0.12), (6_900, 0.1), (7_000, 0.1), (7_500, 0.1), (8_000, 0.1),
        })
        {
            CandidatePlan plan = Spend($"four looks and {late:N0} with {share:P0}", [.. four, late], n => n == late ? share : 0.02);
            yield return plan;
            if (share == 0.1)
            {
                yield return plan with { Name = plan.Name + ", give up at 0.002", GiveUp = 0.002 };
                yield return Spend($"7 looks, {late:N0} with {share:P0}", [200, 400, 800, 1_600, 3_200, 5_000, late], n => n == late ? share : 0.01);
            }
        }
    }

    private static double OBrienFleming(double t) =>
        2 * NormalDistribution.UpperTail(-NormalDistribution.Quantile(Alpha / 2) / Math.Sqrt(t));

    private static CandidatePlan Spend(string name, int[] early, Func<int, double> share)
    {
        List<PlannedLook> looks = [.. early.Select(n => new PlannedLook(n, Alpha * share(n)))];
        looks.Add(new PlannedLook(Draws, Alpha - looks.Sum(look => look.Alpha)));
        return new CandidatePlan(name, looks, UsualGiveUp);
    }

    private static CandidatePlan SpendBy(string name, int[] early, Func<double, double> spent)
    {
        double before = 0;
        var looks = new List<PlannedLook>();
        foreach (int n in early)
        {
            double now = spent((double)n / Draws);
            // A look that gets next to nothing of alpha can certify nothing; what it would have had goes to the next.
            if (now - before > 1e-12)
            {
                looks.Add(new PlannedLook(n, now - before));
                before = now;
            }
        }

        looks.Add(new PlannedLook(Draws, Alpha - before));
        return new CandidatePlan(name, looks, UsualGiveUp);
    }
}
