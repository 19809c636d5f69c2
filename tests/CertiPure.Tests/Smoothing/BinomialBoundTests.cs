using CertiPure.Smoothing;
using MathNet.Numerics.Distributions;

namespace CertiPure.Tests.Smoothing;

public sealed class BinomialBoundTests
{
    [Theory]
    [InlineData(97, 100, 0.9)]
    [InlineData(60, 100, 0.5)]
    [InlineData(9990, 10_000, 0.998)]
    public void A_tail_of_exactly_alpha_still_makes_a_bound_and_a_larger_one_does_not(int k, int n, double p)
    {
        double alpha = BinomialTail.AtLeast(k, n, p).Highest;
        Assert.True(BinomialBound.IsLower(p, k, n, alpha));
        Assert.False(BinomialBound.IsLower(p, k, n, Math.BitDecrement(alpha)));

        double ofFew = BinomialTail.AtMost(n - k, n, 1 - p).Highest;
        Assert.True(BinomialBound.IsUpper(1 - p, n - k, n, ofFew));
        Assert.False(BinomialBound.IsUpper(1 - p, n - k, n, Math.BitDecrement(ofFew)));
    }

    [Theory]
    [InlineData(97, 100, 0.25)]
    [InlineData(650, 1_000, 0.5)]
    [InlineData(9_990, 10_000, 1)]
    public void The_votes_that_give_exactly_a_radius_certify_it_and_one_vote_less_does_not(int k, int n, double sigma)
    {
        double radius = BinomialBound.Radius(BinomialBound.Lower(k, n, 0.001), sigma);
        Assert.Equal(k, BinomialBound.SuccessesNeeded(radius, sigma, n, 0.001));
        Assert.Equal(k + 1, BinomialBound.SuccessesNeeded(Math.BitIncrement(radius), sigma, n, 0.001));
    }

    [Fact]
    public void Every_bound_up_to_40_trials_holds_in_exact_arithmetic_and_is_tight()
    {
        for (int n = 1; n <= 40; n++)
        {
            for (int k = 1; k <= n; k++)
            {
                foreach (double alpha in new[] { 0.001, 0.025, 2e-5, 0.3 })
                {
                    double p = BinomialBound.Lower(k, n, alpha);
                    Assert.True(ExactBinomial.IsAtMost(k, n, p, alpha), $"{k} of {n} at {alpha}: {p:R} is too high");
                    Assert.False(
                        ExactBinomial.IsAtMost(k, n, p * (1 + 1e-12), alpha), $"{k} of {n} at {alpha}: {p:R} is too low");
                }
            }
        }
    }

    [Fact]
    public void Every_upper_bound_up_to_40_trials_holds_in_exact_arithmetic_is_tight_and_rounded_up()
    {
        for (int n = 1; n <= 40; n++)
        {
            for (int k = 0; k <= n; k++)
            {
                foreach (double alpha in new[] { 0.0005, 0.025, 1e-5, 0.3 })
                {
                    double p = BinomialBound.Upper(k, n, alpha);
                    // Every p below 1 has a positive probability of n of n, so for k = n only 1 is a bound.
                    Assert.True(k == n ? p == 1 : ExactBinomial.IsLowerTailAtMost(k, n, p, alpha), $"{k} of {n} at {alpha}: {p:R} is too low");
                    Assert.False(
                        p < 1 && ExactBinomial.IsLowerTailAtMost(k, n, p * (1 - 1e-11), alpha), $"{k} of {n} at {alpha}: {p:R} is too high");
                    Assert.True(ExactBinomial.CoverOne(p, BinomialBound.Lower(n - k, n, alpha)), $"{k} of {n} at {alpha}: {p:R} was not rounded up");
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 1000, 0.0005)]
    [InlineData(17, 1000, 0.0005)]
    [InlineData(200, 1000, 0.0005)]
    [InlineData(1, 2000, 1e-9)]
    [InlineData(900, 2000, 1e-100)]
    public void An_upper_bound_at_many_trials_holds_in_exact_arithmetic_and_is_tight(int k, int n, double alpha)
    {
        double p = BinomialBound.Upper(k, n, alpha);
        Assert.True(ExactBinomial.IsLowerTailAtMost(k, n, p, alpha));
        Assert.True(BinomialBound.IsUpper(p, k, n, alpha));
        Assert.False(ExactBinomial.IsLowerTailAtMost(k, n, p * (1 - 1e-10), alpha));
        Assert.False(BinomialBound.IsUpper(p * (1 - 1e-10), k, n, alpha));
    }

    [Theory]
    [InlineData(90, 100, 0.001)]
    [InlineData(51, 100, 0.001)]
    [InlineData(650, 1000, 0.001)]
    [InlineData(999, 1000, 9.2e-4)]
    [InlineData(1000, 1000, 2e-5)]
    [InlineData(1950, 2000, 1e-9)]
    [InlineData(1020, 2000, 1e-100)]
    public void A_bound_at_many_trials_holds_in_exact_arithmetic_and_is_tight(int k, int n, double alpha)
    {
        double p = BinomialBound.Lower(k, n, alpha);
        Assert.True(ExactBinomial.IsAtMost(k, n, p, alpha));
        Assert.False(ExactBinomial.IsAtMost(k, n, p * (1 + 1e-11), alpha));
    }

    [Theory]
    [InlineData(100, 0.001)]
    [InlineData(1_000, 0.001)]
    [InlineData(10_000, 9.2e-4)]
    [InlineData(100_000, 0.001)]
    [InlineData(1_000_000, 0.001)]
    public void If_all_draws_agree_the_bound_is_the_root_of_alpha_rounded_down(int n, double alpha)
    {
        double p = BinomialBound.Lower(n, n, alpha);
        double closed = Math.Exp(Math.Log(alpha) / n);
        Assert.InRange(p, closed * (1 - 1e-13), closed * (1 + 3e-16));
    }

    /// <summary>Known values of z of the ceiling: 1.500, 2.463, 3.199, 3.811 sigma.</summary>
    [Theory]
    [InlineData(100, 1.500)]
    [InlineData(1_000, 2.463)]
    [InlineData(10_000, 3.199)]
    [InlineData(100_000, 3.811)]
    public void The_largest_radius_is_the_known_ceiling(int n, double expected) =>
        Assert.Equal(expected, BinomialBound.Radius(BinomialBound.Lower(n, n, 0.001), 1.0), 5e-4);

    [Fact]
    public void Without_success_the_bound_is_0_and_with_all_it_is_below_1()
    {
        Assert.Equal(0, BinomialBound.Lower(0, 1000, 0.001));
        Assert.True(BinomialBound.Lower(1_000_000, 1_000_000, 0.5) < 1);
        Assert.Equal(1, BinomialBound.Upper(1000, 1000, 0.001));
    }

    /// <summary>A library's incomplete beta inverse errs by more than its last digits, so this is a rough check only.</summary>
    [Theory]
    [InlineData(9_900, 10_000)]
    [InlineData(5_100, 10_000)]
    [InlineData(99_000, 100_000)]
    [InlineData(60_123, 100_000)]
    [InlineData(600_000, 1_000_000)]
    [InlineData(999_990, 1_000_000)]
    public void An_independent_library_agrees_at_many_trials(int k, int n)
    {
        double expected = Beta.InvCDF(k, n - k + 1, 0.001);
        Assert.Equal(expected, BinomialBound.Lower(k, n, 0.001), 1e-7);
    }

    /// <summary>Values of the inverse incomplete beta function with 40 digits, computed elsewhere.</summary>
    [Theory]
    [InlineData(9900, 10000, 0.001, 0.98653115932380618404)]
    [InlineData(6000, 10000, 0.00092, 0.5846258329294879182)]
    [InlineData(9999, 10000, 2e-05, 0.99865149487439852469)]
    [InlineData(99000, 100000, 0.001, 0.98898934037747475921)]
    [InlineData(51000, 100000, 0.001, 0.5051093492440559445)]
    [InlineData(600000, 1000000, 0.001, 0.59848493516560460002)]
    [InlineData(999990, 1000000, 0.001, 0.99997586619940861105)]
    [InlineData(999999, 1000000, 1e-200, 0.99953344386749972244)]
    [InlineData(500, 1000000, 0.001, 0.00043375369641637995803)]
    public void Bounds_at_many_trials_are_at_most_the_true_ones_and_close(int k, int n, double alpha, double expected)
    {
        double p = BinomialBound.Lower(k, n, alpha);
        Assert.InRange(p, expected * (1 - 1e-12), Math.BitIncrement(expected));
    }

    /// <summary>The coverage of the bound, by summation over all counts and not by simulation: for every p the chance that the
    /// claimed bound exceeds p is at most alpha.</summary>
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    public void The_claim_exceeds_the_truth_with_probability_at_most_alpha(double alpha)
    {
        double largest = 0;
        for (int n = 1; n <= 200; n++)
        {
            double[] bounds = [.. Enumerable.Range(0, n + 1).Select(k => BinomialBound.Lower(k, n, alpha))];
            Assert.Equal(bounds.Order(), bounds);
            for (int i = 1; i <= 1000; i++)
            {
                double p = i / 1001.0;
                largest = Math.Max(largest, ProbabilityOfFalseClaim(bounds, n, p));
            }

            // The worst places are right below the bounds themselves.
            foreach (double bound in bounds.Skip(1))
            {
                largest = Math.Max(largest, ProbabilityOfFalseClaim(bounds, n, Math.BitDecrement(bound)));
            }
        }

        Assert.True(largest <= alpha, $"{largest:R}");
        Assert.True(largest > 0.999 * alpha, "The bound could be larger.");
    }

    [Fact]
    public void Bounds_are_mirrored_and_intervals_are_their_pairs()
    {
        (double lower, double upper) = BinomialBound.Interval(42, 100);
        Assert.Equal(BinomialBound.Lower(42, 100, 0.025), lower, 1e-15);
        Assert.Equal(1 - BinomialBound.Lower(58, 100, 0.025), upper, 1e-15);

        // The textbook interval of 42 in 100.
        Assert.Equal(0.3220, lower, 5e-5);
        Assert.Equal(0.5229, upper, 5e-5);
        Assert.Equal(0, BinomialBound.Interval(0, 10).Lower);
    }

    [Fact]
    public void The_best_look_gives_the_bound()
    {
        Look[] looks = [new(200, 200, 2e-5), new(600, 590, 2e-5)];
        Assert.Equal(
            Math.Max(BinomialBound.Lower(200, 200, 2e-5), BinomialBound.Lower(590, 600, 2e-5)), BinomialBound.Lower(looks));
        Assert.Equal(0, BinomialBound.Lower([]));
    }

    [Fact]
    public void A_bound_of_one_half_or_less_certifies_no_radius()
    {
        Assert.Equal(0, BinomialBound.Radius(0.5, 1));
        Assert.Equal(0, BinomialBound.Radius(0.1, 1));
        Assert.Equal(0, BinomialBound.Radius(0, 1));
        Assert.True(BinomialBound.Radius(0.500001, 1) > 0);
    }

    [Theory]
    [InlineData(0.0, 0.5, 10_000, 0.001)]
    [InlineData(0.25, 0.25, 10_000, 0.001)]
    [InlineData(0.75, 0.25, 10_000, 0.001)]
    [InlineData(0.5, 0.5, 1_000, 2e-5)]
    [InlineData(1.0, 1.0, 200, 2e-5)]
    public void The_threshold_of_a_radius_is_the_least_count_that_certifies_it(double radius, double sigma, int n, double alpha)
    {
        int needed = BinomialBound.SuccessesNeeded(radius, sigma, n, alpha)!.Value;
        double there = BinomialBound.Lower(needed, n, alpha);
        double below = BinomialBound.Lower(needed - 1, n, alpha);
        Assert.True(there > 0.5 && BinomialBound.Radius(there, sigma) >= radius);
        Assert.True(below <= 0.5 || BinomialBound.Radius(below, sigma) < radius);

        // The same by the tail: R >= r exactly where P[Bin(n, Phi(r/sigma)) >= k] <= alpha.
        double p = NormalDistribution.Cdf(radius / sigma);
        Assert.True(BinomialTail.AtLeast(needed, n, p).Value <= alpha);
        Assert.True(BinomialTail.AtLeast(needed - 1, n, p).Value > alpha);
    }

    [Fact]
    public void A_radius_beyond_the_ceiling_has_no_threshold() =>
        Assert.Null(BinomialBound.SuccessesNeeded(3.9, 1.0, 10_000, 0.001));

    /// <summary>Two-sided binomial tests of textbooks and of exact summation.</summary>
    [Theory]
    [InlineData(5, 5, 1.0)]
    [InlineData(10, 0, 2.0 / 1024)]
    [InlineData(8, 2, 112.0 / 1024)]
    [InlineData(9, 1, 22.0 / 1024)]
    [InlineData(1, 0, 1.0)]
    [InlineData(0, 0, 1.0)]
    public void The_test_of_predict_is_the_two_sided_binomial_test(int top, int runnerUp, double expected)
    {
        double pValue = BinomialBound.TwoSidedPValue(top, runnerUp);
        Assert.InRange(pValue, expected, expected * (1 + 1e-12));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.Lower(1, 0, 0.001));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.Lower(-1, 10, 0.001));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.Lower(11, 10, 0.001));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.Lower(1, 10, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.Lower(1, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.Lower(1, 10, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialBound.TwoSidedPValue(1, 2));
    }

    private static double ProbabilityOfFalseClaim(double[] bounds, int n, double p)
    {
        int k = Array.FindIndex(bounds, bound => bound > p);
        return k < 0 ? 0 : BinomialTail.AtLeast(k, n, p).Value;
    }
}
