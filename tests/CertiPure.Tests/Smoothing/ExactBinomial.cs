using System.Numerics;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>Binomial tails in exact rational arithmetic: a double p is mantissa / 2^bits, so each probability is an integer over
/// 2^(bits n).</summary>
internal static class ExactBinomial
{
    /// <summary>Whether P[Bin(n, p) &gt;= k] &lt;= alpha, without any rounding.</summary>
    internal static bool IsAtMost(int k, int n, double p, double alpha)
    {
        (BigInteger success, int exponent) = FixedPointNormal.Decompose(p);
        int bits = -exponent;
        BigInteger failure = (BigInteger.One << bits) - success;
        BigInteger tail = Tail(k, n, success, failure);

        // tail / 2^(bits n) <= mantissa * 2^e
        (BigInteger mantissa, int alphaExponent) = FixedPointNormal.Decompose(alpha);
        return tail << -alphaExponent <= mantissa << (bits * n);
    }

    /// <summary>Whether P[Bin(n, p) &lt;= k] &lt;= alpha, without any rounding.</summary>
    internal static bool IsLowerTailAtMost(int k, int n, double p, double alpha)
    {
        (BigInteger success, int exponent) = FixedPointNormal.Decompose(p);
        int bits = -exponent;
        BigInteger failure = (BigInteger.One << bits) - success;
        // As many failures as n - k or more; with p = 1 there are none.
        BigInteger tail = failure.IsZero ? (k == n ? BigInteger.One << (bits * n) : BigInteger.Zero) : Tail(n - k, n, failure, success);
        (BigInteger mantissa, int alphaExponent) = FixedPointNormal.Decompose(alpha);
        return tail << -alphaExponent <= mantissa << (bits * n);
    }

    /// <summary>Whether one probability is at least 1 minus another, without any rounding.</summary>
    internal static bool CoverOne(double p, double q)
    {
        (BigInteger first, int firstExponent) = FixedPointNormal.Decompose(p);
        (BigInteger second, int secondExponent) = FixedPointNormal.Decompose(q);
        return (first << (firstExponent + 1100)) + (second << (secondExponent + 1100)) >= BigInteger.One << 1100;
    }

    /// <summary>The sum over j from k to n of C(n, j) success^j failure^(n-j).</summary>
    private static BigInteger Tail(int k, int n, BigInteger success, BigInteger failure)
    {
        // From the last term down: each follows from the one above by an exact division.
        BigInteger term = BigInteger.Pow(success, n);
        BigInteger sum = term;
        for (int j = n; j > k; j--)
        {
            term = term / success * failure * j / (n - j + 1);
            sum += term;
        }

        return sum;
    }
}
