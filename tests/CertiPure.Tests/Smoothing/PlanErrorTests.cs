using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>The probability that a plan claims a bound above the truth, by forward recursion over (n, k) and not by
/// simulation.</summary>
public sealed class PlanErrorTests
{
    private const double Alpha = 0.001;
    private static readonly double[] Radii = [0, 0.25, 0.5, 0.75, 1.0];
    private static readonly double[] Sigmas = [0.25, 0.5, 1.0];

    public static TheoryData<SamplingPlan> Plans =>
    [
        new FixedPlan(100, 10_000, Alpha), new FixedPlan(100, 1_000, Alpha), new FixedPlan(100, 100_000, Alpha),
        new StagedPlan(Radii, 100, 10_000, Alpha), new StagedPlan(Radii, 100, 1_000, Alpha), new StagedPlan(Radii, 100, 100_000, Alpha),
    ];

    /// <summary>Even if a staged plan never stopped early and took every look, the chance that any of them claims too much is at
    /// most alpha. Stopping can only take looks away, so this covers every set of radii and every sigma.</summary>
    [Theory]
    [MemberData(nameof(Plans))]
    public void No_claim_is_false_with_more_than_alpha_for_a_thousand_truths_and_at_each_threshold(SamplingPlan plan)
    {
        double[] truths =
        [
            .. Enumerable.Range(1, 1000).Select(i => i / 1001.0),
            .. Sigmas.SelectMany(sigma => Radii.Select(radius => NormalDistribution.Cdf(radius / sigma))),
            .. plan.Looks.Select(look => Math.BitDecrement(BinomialBound.Lower(look.N, look.N, look.Alpha))),
        ];
        double worst = truths.Distinct().AsParallel().Max(p => ErrorWithEveryLook(plan, p));
        Assert.True(worst <= Alpha, $"{worst:R}");
        Assert.True(worst >= 0.9 * Alpha, $"Only {worst:R} of alpha is used.");
    }

    /// <summary>With its stopping rules, at the truths that matter: the thresholds of the radii. The power lost against the fixed
    /// plan is the price of looking early.</summary>
    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void With_its_stopping_rules_the_staged_plan_errs_less_than_alpha_at_every_radius(double sigma)
    {
        var plan = new StagedPlan(Radii, 100, 10_000, Alpha);
        foreach (double radius in Radii.Where(r => BinomialBound.SuccessesNeeded(r, sigma, 10_000, Alpha) is not null))
        {
            double p = NormalDistribution.Cdf(radius / sigma);
            PlanOutcome outcome = PlanOutcome.Of(plan, sigma, p, radius);
            Assert.Equal(1, outcome.Total, 1e-9);
            Assert.InRange(outcome.FalseClaim, 0, Alpha);
            Assert.True(outcome.FalseClaim <= ErrorWithEveryLook(plan, p) + 1e-12);
        }
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void The_staged_plan_takes_a_fraction_of_the_draws_and_loses_almost_no_power(double sigma)
    {
        var plan = new StagedPlan(Radii, 100, 10_000, Alpha);
        double hopeless = PlanOutcome.Of(plan, sigma, 0.2, 0.5).MeanDraws;
        double easy = PlanOutcome.Of(plan, 1.0, 0.999, 0.5).MeanDraws;
        Assert.InRange(hopeless, 99.9, 300);
        Assert.InRange(easy, 199.9, 1_000);
        foreach (double radius in new[] { 0, 0.25, 0.5 })
        {
            // A truth with which the fixed plan certifies the radius nine times in ten.
            int needed = BinomialBound.SuccessesNeeded(radius, sigma, 10_000, Alpha)!.Value;
            double p = Enumerable.Range(0, 4_000).Select(i => 0.5 + (i / 8_000.0))
                .First(q => BinomialTail.AtLeast(needed, 10_000, q).Value >= 0.9);
            double fixedPower = BinomialTail.AtLeast(needed, 10_000, p).Value;
            PlanOutcome outcome = PlanOutcome.Of(plan, sigma, p, radius);
            // One vote more at the last look, for its smaller alpha, costs up to 0.012; giving up early next to nothing.
            Assert.InRange(outcome.Certified, fixedPower - 0.015, fixedPower + 0.005);
        }
    }

    private static double ErrorWithEveryLook(SamplingPlan plan, double p)
    {
        double error = 0;
        int draws = 0;
        CountDistribution counts = CountDistribution.Start;
        foreach (PlannedLook look in plan.Looks)
        {
            counts = counts.Plus(CountDistribution.Binomial(look.N - draws, p));
            draws = look.N;
            (counts, double claimed) = counts.Split(LeastFalseCount(look, p));
            error += claimed;
            if (counts.Probabilities.Length == 0)
            {
                break;
            }
        }

        return error;
    }

    /// <summary>The least count whose bound exceeds the truth; n + 1 if none does.</summary>
    internal static int LeastFalseCount(PlannedLook look, double p)
    {
        int low = 0;
        int high = look.N + 1;
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (BinomialBound.Lower(middle, look.N, look.Alpha) > p)
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
}
