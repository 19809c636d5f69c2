using CertiPure.Smoothing;
using MathNet.Numerics.Distributions;

namespace CertiPure.Tests.Smoothing;

public sealed class StagedPlanTests
{
    private static readonly double[] Radii = [0, 0.25, 0.5, 0.75, 1.0];
    private static readonly StagedPlan Plan = new(Radii);

    [Fact]
    public void The_usual_looks_are_the_published_ones_and_spend_alpha()
    {
        Assert.Equal([200, 600, 1_600, 4_000, 6_900, 10_000], Plan.Looks.Select(look => look.N));
        Assert.Equal([2e-5, 2e-5, 2e-5, 2e-5, 1e-4], Plan.Looks.SkipLast(1).Select(look => look.Alpha));
        Assert.Equal(8.2e-4, Plan.Looks[^1].Alpha, 1e-15);
        Assert.True(Plan.Looks.Sum(look => look.Alpha) <= 0.001);
        Assert.Equal((100, 10_000, 100, "staged"), (Plan.SelectionDraws, Plan.EstimationDraws, Plan.Interval, Plan.Name));
        Assert.Equal(Radii, Plan.Radii);
    }

    [Theory]
    [InlineData(11, 0.001)]
    [InlineData(50, 0.001)]
    [InlineData(100, 0.05)]
    [InlineData(1_000, 0.001)]
    [InlineData(12_345, 0.0007)]
    [InlineData(100_000, 0.001)]
    public void Looks_ascend_and_never_spend_more_than_alpha(int n, double alpha)
    {
        var plan = new StagedPlan([0], 10, n, alpha);
        Assert.Equal(n, plan.Looks[^1].N);
        Assert.Equal(plan.Looks.OrderBy(look => look.N).DistinctBy(look => look.N), plan.Looks);
        Assert.True(plan.Looks.Sum(look => look.Alpha) <= alpha);
        Assert.True(plan.Looks[^1].Alpha >= 0.8 * alpha);
    }

    [Fact]
    public void Agreement_ends_at_the_first_look_that_certifies_every_radius()
    {
        Estimation estimation = Run(Plan, 1.0, n => n);
        Assert.Equal([new Look([200, 0], 0, 2e-5, 0)], estimation.Looks);
        Assert.True(BinomialBound.Radius(BinomialBound.Lower(estimation.Looks), 1.0) >= 1.0);

        // At sigma 0.5 the ceiling of 200 draws is 0.81, so radius 1 has to wait for the next look.
        Assert.Equal([200, 600], Run(Plan, 0.5, n => n).Looks.Select(look => look.N));
    }

    [Fact]
    public void Without_votes_all_is_given_up_before_the_first_look_and_the_certificate_abstains()
    {
        Estimation estimation = Run(Plan, 0.5, _ => 0);
        Assert.Equal(100, estimation.NextCheckpoint);
        Assert.Empty(estimation.Looks);
        Assert.Equal(0, BinomialBound.Lower(estimation.Looks));
    }

    [Fact]
    public void A_radius_beyond_the_reach_of_all_draws_is_not_waited_for()
    {
        // At sigma 0.25 the ceiling of 10,000 draws is 0.799: radius 1 cannot be certified, 0.75 can.
        Estimation estimation = Run(Plan, 0.25, n => n);
        Assert.Null(BinomialBound.SuccessesNeeded(0.75, 0.25, 2_000, 2e-5));
        Assert.Equal(6_900, estimation.NextCheckpoint);
        Assert.Equal(200, Run(new StagedPlan([0, 0.25, 1.0]), 0.25, n => n).NextCheckpoint);
    }

    [Fact]
    public void Radii_beyond_reach_alone_are_refused()
    {
        CertiPureException error = Assert.Throws<CertiPureException>(() => new StagedPlan([2.0]).Begin(0.25));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("sigma 0.25", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_decision_follows_the_tail_probabilities()
    {
        // One path after the other: what the plan does at each checkpoint is what the two inequalities say.
        var random = new Random(3);
        foreach (double share in new[] { 0.45, 0.5, 0.53, 0.6, 0.7, 0.85, 0.94, 0.98, 0.999 })
        {
            int k = 0;
            Estimation estimation = Plan.Begin(0.5);
            var open = Radii.ToHashSet();
            while (!estimation.IsFinished)
            {
                int n = estimation.NextCheckpoint;
                k += Enumerable.Range(0, 100).Count(_ => random.NextDouble() < share);
                estimation.Observe(k);
                PlannedLook? look = Plan.Looks.FirstOrDefault(look => look.N == n);
                open.RemoveWhere(r => look is not null
                    && BinomialTail.AtLeast(k, n, NormalDistribution.Cdf(r / 0.5)).Value <= look.Alpha);
                open.RemoveWhere(r => BinomialTail.AtMost(k, n, NormalDistribution.Cdf(r / 0.5)).Value <= 0.001);
                Assert.Equal(open.Count == 0 || n == 10_000, estimation.IsFinished);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void One_vote_decides_whether_a_radius_is_given_up_at_a_checkpoint_and_certified_at_a_look(double radius)
    {
        var plan = new StagedPlan([radius]);
        double p = NormalDistribution.Cdf(radius / 0.5);
        int givenUp = Enumerable.Range(0, 100).Last(k => BinomialTail.AtMost(k, 100, p).Value <= 0.001);
        Assert.True(After(givenUp));
        Assert.False(After(givenUp + 1));
        int certified = Enumerable.Range(0, 201).First(k => BinomialTail.AtLeast(k, 200, p).Value <= 2e-5);
        Assert.False(After(100, certified - 1));
        Assert.True(After(100, certified));

        bool After(params int[] votes)
        {
            Estimation estimation = plan.Begin(0.5);
            foreach (int k in votes)
            {
                estimation.Observe(k);
            }

            return estimation.IsFinished;
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(35)]
    public void One_vote_decides_whether_a_radius_is_plausible_under_the_margin_bound(int rival)
    {
        const double Sigma = 0.5;
        double low = Beta.InvCDF(rival, 100 - rival + 1, StagedPlan.GiveUpProbability / 2);
        int tried = 0;
        for (int k = rival + 5; k <= 60; k += 5)
        {
            // Between what k votes leave plausible and what one more leaves.
            double radius = (Plausible(k) + Plausible(k + 1)) / 2;
            Assert.True(IsGivenUp(k, radius), $"{k} votes, radius {radius}");
            Assert.False(IsGivenUp(k + 1, radius), $"{k + 1} votes, radius {radius}");
            tried++;
        }

        Assert.True(tried > 4);

        double Plausible(int k) => Sigma / 2
            * (Normal.InvCDF(0, 1, Beta.InvCDF(k + 1, 100 - k, 1 - (StagedPlan.GiveUpProbability / 2))) - Normal.InvCDF(0, 1, low));

        bool IsGivenUp(int k, double radius) => AfterMargin(radius, Sigma, [Votes(100, k, rival)]).IsFinished;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public void One_vote_decides_whether_the_last_look_can_still_reach_a_radius_under_the_margin_bound(double radius)
    {
        const double Sigma = 0.5;
        const int Draws = 9_900, Rival = 2_000;
        PlannedLook last = Margin(radius).Looks[^1];
        (double alphaA, double alphaB) = MarginBound.Split(BoundKind.Margin, Selection, last.Alpha);
        int least = Enumerable.Range(Rival, Draws - (2 * Rival)).First(Reaches);

        // The votes before are those of a fair draw, so that nothing was decided by them.
        Assert.True(At(least - 1).IsFinished);
        Assert.False(At(least).IsFinished);

        bool Reaches(int k)
        {
            int[] votes = Votes(Draws, k, Rival);
            votes[0] += last.N - Draws;
            (_, _, double reached, bool isCertified) = MarginBound.Of([new Look(votes, 0, alphaA, alphaB)], Sigma);
            return isCertified && reached >= radius;
        }

        Estimation At(int k)
        {
            int[][] path = [.. Enumerable.Range(1, 98).Select(i => Votes(100 * i, 100 * i * k / Draws, 100 * i * Rival / Draws))];
            return AfterMargin(radius, Sigma, [.. path, Votes(Draws, k, Rival)]);
        }
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { -0.25 })]
    [InlineData(new[] { double.NaN })]
    [InlineData(new[] { double.PositiveInfinity })]
    public void Impossible_radii_are_refused(double[] radii) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => new StagedPlan(radii)).Reason);

    [Fact]
    public void Looks_that_overspend_or_do_not_ascend_are_refused()
    {
        AssertRefused(new PlannedLook(200, 5e-4), new PlannedLook(10_000, 6e-4));
        AssertRefused(new PlannedLook(600, 1e-5), new PlannedLook(200, 1e-5), new PlannedLook(10_000, 9e-4));
        AssertRefused(new PlannedLook(250, 1e-5), new PlannedLook(10_000, 9e-4));
        AssertRefused(new PlannedLook(200, 0), new PlannedLook(10_000, 9e-4));
        AssertRefused();
    }

    [Fact]
    public void Too_few_draws_are_refused() =>
        Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(() => new StagedPlan([0], 100, 9)).Reason);

    [Fact]
    public void An_estimation_that_has_finished_takes_no_more()
    {
        Estimation estimation = Run(Plan, 0.5, _ => 0);
        Assert.Throws<InvalidOperationException>(() => estimation.Observe(0));
    }

    [Fact]
    public void An_estimation_wants_the_selection_votes_once_and_the_votes_of_its_checkpoint_and_no_others()
    {
        Estimation estimation = Plan.Begin(0.5);
        Assert.Throws<InvalidOperationException>(() => estimation.Observe(new VoteCounts([100, 0])));
        estimation.Select(new VoteCounts([40, 60]));
        Assert.Equal(1, estimation.Selected);
        Assert.Throws<InvalidOperationException>(() => estimation.Select(new VoteCounts([40, 60])));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimation.Observe(new VoteCounts([100, 1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimation.Observe(new VoteCounts([99, 0])));
    }

    private static readonly VoteCounts Selection = new([50, 30, 5, 5, 5, 5]);

    private static StagedPlan Margin(double radius) => new([radius], bound: BoundKind.Margin);

    private static Estimation AfterMargin(double radius, double sigma, IReadOnlyList<int[]> path)
    {
        Estimation estimation = Margin(radius).Begin(sigma);
        estimation.Select(Selection);
        foreach (int[] votes in path)
        {
            estimation.Observe(new VoteCounts(votes));
        }

        return estimation;
    }

    /// <summary>The rest is spread over four classes.</summary>
    private static int[] Votes(int n, int k, int rival)
    {
        int rest = n - k - rival;
        return [k, rival, .. Enumerable.Range(0, 4).Select(i => (rest / 4) + (i < rest % 4 ? 1 : 0))];
    }

    private static Estimation Run(SamplingPlan plan, double sigma, Func<int, int> votes)
    {
        Estimation estimation = plan.Begin(sigma);
        while (!estimation.IsFinished)
        {
            estimation.Observe(votes(estimation.NextCheckpoint));
        }

        return estimation;
    }

    private static void AssertRefused(params PlannedLook[] looks) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => new StagedPlan(Radii, 100, looks, 0.001)).Reason);
}
