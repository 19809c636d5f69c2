using System.Numerics;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class NormalDistributionTests
{
    /// <summary>P[Z &gt; x], computed with 60 digits by an independent library.</summary>
    public static TheoryData<double, double> UpperTails => new()
    {
        { 0.0, 0.5 },
        { 0.001, 0.49960105778608893741 },
        { 0.1, 0.46017216272297101633 },
        { 0.5, 0.30853753872598689636 },
        { 1.0, 0.15865525393145705141 },
        { 1.4999, 0.06682015399983360347 },
        { 1.5, 0.066807201268858066004 },
        { 1.6, 0.054799291699557984109 },
        { 2.0, 0.0227501319481792072 },
        { 2.5, 0.006209665325776135167 },
        { 3.0, 0.0013498980316300945267 },
        { 4.0, 0.000031671241833119921254 },
        { 5.0, 2.8665157187919391167e-7 },
        { 6.0, 9.865876450376981407e-10 },
        { 7.0, 1.2798125438858350044e-12 },
        { 8.0, 6.2209605742717841235e-16 },
        { 8.25, 7.919726314642477341e-17 },
        { 9.0, 1.1285884059538406477e-19 },
        { 20.0, 2.7536241186062336951e-89 },
    };

    /// <summary>Quantiles of the exact values of these doubles, computed with 60 digits by an independent library.</summary>
    public static TheoryData<double, double> Quantiles => new()
    {
        { 1.1102230246251565e-16, -8.2095361516013868556 },
        { 1e-15, -7.9413453261709967713 },
        { 1e-12, -7.0344838253011319326 },
        { 1.3e-11, -6.6676114565107408347 },
        { 1.4e-11, -6.6567230915181836356 },
        { 1e-10, -6.3613409024040561991 },
        { 1e-08, -5.6120012441747887279 },
        { 1e-06, -4.7534243088228989573 },
        { 0.0001, -3.7190164854556805523 },
        { 0.001, -3.0902323061678135354 },
        { 0.01, -2.3263478740408410931 },
        { 0.05, -1.644853626951472688 },
        { 0.074, -1.4466320671589785099 },
        { 0.0749999, -1.4395321773759005864 },
        { 0.075, -1.4395314709384559349 },
        { 0.0751, -1.4388253927525399824 },
        { 0.1, -1.2815515655446004353 },
        { 0.2, -0.84162123357291416552 },
        { 0.3, -0.52440051270804081597 },
        { 0.4, -0.25334710313579974132 },
        { 0.49, -0.025068908258711058033 },
        { 0.4999999, -2.5066282747031065135e-7 },
        { 0.5, 0.0 },
        { 0.5000001, 2.5066282733116483012e-7 },
        { 0.75, 0.6744897501960817432 },
        { 0.9, 1.2815515655446005935 },
        { 0.925, 1.4395314709384562291 },
        { 0.9250001, 1.4395321773759004884 },
        { 0.93, 1.475791028179171099 },
        { 0.95, 1.6448536269514722843 },
        { 0.99, 2.3263478740408407676 },
        { 0.999, 3.0902323061678132778 },
        { 0.9999, 3.7190164854557083867 },
        { 0.999999, 4.7534243088170877657 },
        { 0.9999999999990905, 7.0477002566644087254 },
        { 0.9999999999999999, 8.2095361516013868556 },
    };

    [Theory]
    [MemberData(nameof(UpperTails))]
    public void The_upper_tail_keeps_its_error_bound(double x, double expected)
    {
        double bound = x <= 9 ? 1.0 / (1L << 46) : 1.0 / (1L << 43);
        Assert.True(Math.Abs(NormalDistribution.UpperTail(x) - expected) <= bound * expected);
        Assert.Equal(1 - expected, NormalDistribution.Cdf(x), 1e-15);
        Assert.True(Math.Abs(NormalDistribution.Cdf(-x) - expected) <= bound * expected);
    }

    [Theory]
    [MemberData(nameof(Quantiles))]
    public void The_quantile_is_right_to_fifteen_digits(double p, double expected)
    {
        Assert.True(
            Math.Abs(NormalDistribution.Quantile(p) - expected) <= 1e-15 * Math.Abs(expected),
            $"{NormalDistribution.Quantile(p):R} instead of {expected:R}");
    }

    [Theory]
    [MemberData(nameof(UpperTails))]
    public void Integer_arithmetic_agrees_with_the_independent_library(double x, double expected)
    {
        Assert.Equal(expected, (double)FixedPointNormal.UpperTail(ToFixedPoint(x)) / Math.Pow(2, 192), 3e-17);
    }

    [Fact]
    public void The_upper_tail_keeps_its_error_bound_at_random_places()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            double x = random.NextDouble() * 9;
            BigInteger exact = FixedPointNormal.UpperTail(ToFixedPoint(x));
            BigInteger computed = ToFixedPoint(NormalDistribution.UpperTail(x));
            Assert.True(BigInteger.Abs(exact - computed) <= exact >> 46, $"at {x:R}");
        }
    }

    [Fact]
    public void The_quantile_rounded_down_is_never_above_the_true_one_and_close_to_it()
    {
        var random = new Random(6);
        for (int i = 0; i < 2000; i++)
        {
            double p = i % 2 == 0 ? 0.5 + (random.NextDouble() / 2) : 1 - Math.Pow(2, -1 - (random.NextDouble() * 51));
            double x = NormalDistribution.QuantileRoundedDown(p);
            BigInteger rest = ToFixedPoint(1 - p);

            // The integer tail is right to 2^-160, far below a unit of 1 - p.
            Assert.True(FixedPointNormal.UpperTail(ToFixedPoint(x)) + (BigInteger.One << 40) >= rest, $"above at {p:R}");
            Assert.True(
                FixedPointNormal.UpperTail(ToFixedPoint(x + (1e-13 * Math.Max(1, x)))) < rest, $"far below at {p:R}");
        }
    }

    /// <summary>Quantiles below 1/2 by the upper tail at their mirror images, so that no 1 - p is rounded.</summary>
    [Fact]
    public void Both_quantiles_enclose_the_true_one_and_lie_close_together_everywhere()
    {
        var random = new Random(7);
        BigInteger slack = BigInteger.One << 40;
        for (int i = 0; i < 4000; i++)
        {
            double small = i % 2 == 0 ? random.NextDouble() / 2 : Math.Pow(2, -1 - (random.NextDouble() * 51));
            bool isUpper = i % 4 >= 2;
            double p = isUpper ? 1 - small : small;
            BigInteger tail = ToFixedPoint(isUpper ? 1 - p : p);
            double down = NormalDistribution.QuantileRoundedDown(p);
            double up = NormalDistribution.QuantileRoundedUp(p);
            // Above 1/2 the tail falls as the quantile rises, below 1/2 the mirrored tail rises with it.
            (double atLeast, double atMost) = isUpper ? (down, up) : (up, down);
            Assert.True(FixedPointNormal.UpperTail(ToFixedPoint(Math.Abs(atLeast))) + slack >= tail, $"{p:R}: {down:R} or {up:R} is on the wrong side");
            Assert.True(FixedPointNormal.UpperTail(ToFixedPoint(Math.Abs(atMost))) - slack <= tail, $"{p:R}: {down:R} or {up:R} is on the wrong side");
            Assert.InRange(up - down, 0, 1e-13 * Math.Max(1, Math.Abs(up)));
        }
    }

    [Theory]
    [InlineData(1e-19)]
    [InlineData(1e-30)]
    [InlineData(1e-250)]
    [InlineData(double.Epsilon)]
    public void Where_the_tail_has_no_error_bound_both_quantiles_stay_on_their_side(double p)
    {
        // The quantile of 1e-19 is about -9.01, that of the smallest double about -38.5.
        Assert.InRange(NormalDistribution.QuantileRoundedDown(p), -40, -38.9);
        Assert.Equal(-9, NormalDistribution.QuantileRoundedUp(p));
    }

    [Fact]
    public void One_half_gives_zero()
    {
        Assert.Equal(0, NormalDistribution.QuantileRoundedDown(0.5));
        Assert.Equal(0, NormalDistribution.QuantileRoundedUp(0.5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void What_is_no_probability_has_no_quantile(double p)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.Quantile(p));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.QuantileRoundedDown(p));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.QuantileRoundedUp(p));
    }

    private static BigInteger ToFixedPoint(double value)
    {
        (BigInteger mantissa, int exponent) = FixedPointNormal.Decompose(value);
        int shift = 192 + exponent;
        return shift >= 0 ? mantissa << shift : mantissa >> -shift;
    }
}
