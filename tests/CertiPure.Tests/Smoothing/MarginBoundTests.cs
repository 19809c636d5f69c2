using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class MarginBoundTests
{
    [Theory]
    [InlineData(new[] { 100 }, 1)]
    [InlineData(new[] { 60, 40 }, 1)]
    [InlineData(new[] { 100, 0, 0 }, 1)]
    [InlineData(new[] { 60, 40, 0 }, 1)]
    [InlineData(new[] { 60, 39, 1 }, 1)]
    [InlineData(new[] { 60, 38, 2 }, 0.5)]
    [InlineData(new[] { 60, 38, 1, 1 }, 0.5)]
    [InlineData(new[] { 1, 1, 1, 1 }, 0.5)]
    [InlineData(new[] { 6, 3, 1 }, 1)]
    [InlineData(new[] { 600, 391, 9 }, 1)]
    [InlineData(new[] { 600, 390, 10 }, 0.5)]
    public void Only_where_other_classes_have_votes_is_alpha_shared(int[] selection, double share)
    {
        var votes = new VoteCounts(selection);
        Assert.Equal(share, MarginBound.ShareOf(votes));
        (double alphaA, double alphaB) = MarginBound.Split(BoundKind.Margin, votes, 0.001);
        Assert.Equal((share * 0.001, 0.001), (alphaA, alphaA + alphaB));
        Assert.Equal((0.001, 0), MarginBound.Split(BoundKind.Top, votes, 0.001));
    }

    [Fact]
    public void A_class_below_one_half_is_certified_where_no_other_comes_near()
    {
        Look look = new([450, 200, 150, 100, 100], 0, 0.0005, 0.0005);
        (double lower, double upper, double radius, bool isCertified) = MarginBound.Of([look], 1);
        Assert.True(isCertified);
        Assert.InRange(lower, 0.39, 0.4);
        Assert.InRange(upper, 0.24, 0.25);
        // 1/2 (PhiInv(0.3974) + PhiInv(1 - 0.2436))
        Assert.Equal((NormalDistribution.Quantile(lower) - NormalDistribution.Quantile(upper)) / 2, radius, 1e-12);
        Assert.InRange(radius, 0.21, 0.22);
        Assert.False(MarginBound.Of([new Look(1000, 450, 0.001)], 1).IsCertified);
    }

    [Fact]
    public void Where_all_other_votes_are_the_rival_s_the_bound_is_cohen_s()
    {
        foreach (int k in new[] { 0, 1, 300, 500, 540, 700, 999, 1000 })
        {
            Look shared = new([k, 1000 - k], 0, 0.0005, 0.0005);
            double lower = BinomialBound.Lower(k, 1000, 0.0005);
            (double bound, double upper, double radius, bool isCertified) = MarginBound.Of([shared], 0.5);
            Assert.Equal(lower, bound);
            Assert.Equal(BinomialBound.Radius(lower, 0.5), radius);
            Assert.Equal(lower > 0.5, isCertified);
            Assert.True(ExactBinomial.CoverOne(lower, upper));
        }
    }

    [Fact]
    public void The_radius_never_falls_below_what_the_lower_bound_alone_gives_and_grows_with_the_gap()
    {
        var random = new Random(2);
        for (int i = 0; i < 2000; i++)
        {
            double lower = random.NextDouble(), upper = Math.Min(random.NextDouble(), BinomialBound.UpperOfOthers([], lower));
            double radius = MarginBound.Radius(lower, upper, 0.25);
            Assert.True(radius >= BinomialBound.Radius(lower, 0.25));
            Assert.Equal(radius > 0, lower > upper || lower > 0.5);
            Assert.True(MarginBound.Radius(lower, upper / 2, 0.25) >= radius);
        }
    }

    [Fact]
    public void The_best_bounds_of_several_looks_count_together()
    {
        Look[] looks = [new([80, 15, 5], 0, 1e-5, 1e-5), new([600, 200, 200], 0, 0.0004, 0.0004)];
        (double lower, double upper, _, _) = MarginBound.Of(looks, 1);
        Assert.Equal(looks.Max(look => BinomialBound.Lower(look.K, look.N, look.AlphaA)), lower);
        Assert.Equal(looks.Min(look => BinomialBound.Upper(look.Rival!.Value, look.N, look.AlphaB)), upper);
        Assert.Equal((0, 1, 0, false), MarginBound.Of([], 1));
    }

    /// <summary>The share is decided before the votes that it is spent on are counted, so that a staged plan in which two classes share
    /// the selection votes takes the very looks and draws of the bound that papers use.</summary>
    [Fact]
    public void For_images_of_two_classes_a_staged_plan_does_what_it_does_for_cohen_s_bound()
    {
        double[] radii = [0, 0.25, 0.5, 0.75, 1];
        var top = new StagedPlan(radii, 100, 10_000, 0.001);
        var margin = new StagedPlan(radii, 100, 10_000, 0.001, BoundKind.Margin);
        foreach (double share in new[] { 0.3, 0.5, 0.55, 0.7, 0.9, 0.99, 1 })
        {
            Estimation first = Run(top, share), second = Run(margin, share);
            Assert.Equal(first.NextCheckpoint, second.NextCheckpoint);
            Assert.Equal(first.Looks, second.Looks);
        }

        static Estimation Run(StagedPlan plan, double share)
        {
            Estimation estimation = plan.Begin(0.5);
            estimation.Select(new VoteCounts([60, 40, 0]));
            while (!estimation.IsFinished)
            {
                int k = (int)(estimation.NextCheckpoint * share);
                estimation.Observe(new VoteCounts([k, 0, estimation.NextCheckpoint - k]));
            }

            return estimation;
        }
    }

    [Fact]
    public void A_staged_plan_does_not_give_up_a_class_below_one_half_that_leads_and_gives_up_one_that_trails()
    {
        var plan = new StagedPlan([0, 0.1], 100, 10_000, 0.001, BoundKind.Margin);
        Estimation leads = Run([0.45, 0.2, 0.2, 0.15]), trails = Run([0.2, 0.45, 0.2, 0.15]), even = Run([0.3, 0.3, 0.2, 0.2]);
        Assert.True(MarginBound.Of(leads.Looks, 0.5).Radius >= 0.1);
        Assert.InRange(leads.NextCheckpoint, 200, 1_600);
        Assert.False(MarginBound.Of(trails.Looks, 0.5).IsCertified);
        Assert.InRange(trails.NextCheckpoint, 100, 300);
        Assert.False(MarginBound.Of(even.Looks, 0.5).IsCertified);

        Estimation Run(double[] shares)
        {
            Estimation estimation = plan.Begin(0.5);
            estimation.Select(new VoteCounts([40, 20, 20, 20]));
            while (!estimation.IsFinished)
            {
                int[] votes = [.. shares.Select(share => (int)Math.Round(estimation.NextCheckpoint * share))];
                votes[^1] += estimation.NextCheckpoint - votes.Sum();
                estimation.Observe(new VoteCounts(votes));
            }

            return estimation;
        }
    }
}
