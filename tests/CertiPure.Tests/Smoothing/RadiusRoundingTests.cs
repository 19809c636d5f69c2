using System.Numerics;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>A radius never exceeds sigma PhiInv(p), in integer arithmetic to 160 binary places.</summary>
public sealed class RadiusRoundingTests
{
    private const int Places = 192;

    [Theory]
    [InlineData(0.12)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void A_radius_is_rounded_down_and_hardly(double sigma)
    {
        for (int i = 1; i < 400; i++)
        {
            double p = 0.5 + (0.4999 * i / 400);
            double radius = BinomialBound.Radius(p, sigma);

            // P[Z > radius / sigma] is at least 1 - p exactly where the radius is at most sigma PhiInv(p).
            Assert.True(FixedPointNormal.UpperTail(Quotient(radius, sigma)) >= Fixed(1 - p) - (BigInteger.One << 40), $"p {p}");
            Assert.InRange(radius, (sigma * NormalDistribution.Quantile(p)) - 1e-12, double.PositiveInfinity);
        }
    }

    /// <summary>Quantiles are rounded further than their products with sigma could make good, so the products are looked at alone.</summary>
    [Theory]
    [InlineData(0.12)]
    [InlineData(0.7)]
    [InlineData(1.1)]
    public void The_products_of_sigma_and_the_quantiles_are_rounded_down_too(double sigma)
    {
        for (int i = 1; i < 400; i++)
        {
            double p = 0.5 + (0.4999 * i / 400), rival = 0.9 * (1 - p);
            BigInteger top = Fixed(NormalDistribution.QuantileRoundedDown(p));
            Assert.True(Fixed(BinomialBound.Radius(p, sigma)) << Places <= Fixed(sigma) * top, $"p {p}");
            BigInteger gap = top + Fixed(-NormalDistribution.QuantileRoundedUp(rival));
            Assert.True(Fixed(MarginBound.Radius(p, rival, sigma)) << (Places + 1) <= Fixed(sigma) * gap, $"p {p}, rival {rival}");
        }
    }

    /// <summary>A double as a number of 192 binary places.</summary>
    private static BigInteger Fixed(double value)
    {
        (BigInteger mantissa, int exponent) = FixedPointNormal.Decompose(value);
        return mantissa << (Places + exponent);
    }

    private static BigInteger Quotient(double above, double below) => (Fixed(above) << Places) / Fixed(below);
}
