using System.Numerics;

namespace CertiPure.Smoothing;

/// <summary>Tails of the standard normal distribution in integer arithmetic, to 160 binary places.</summary>
internal static class FixedPointNormal
{
    /// <summary>Binary places carried along: the sums below lose fewer than 20 of them.</summary>
    private const int Places = 192;

    private static readonly BigInteger One = BigInteger.One << Places;
    private static readonly BigInteger RootOfTwoPi = SquareRoot(2 * Pi());

    /// <summary>floor(2^64 P[Z &gt; numerator / (denominator * scale)]) for a place at or above 0. The floor is that of a number
    /// known to 2^-160, so it is the true one unless that lies within 2^-96 of an integer.</summary>
    /// <param name="numerator">At least 0.</param>
    /// <param name="denominator">Above 0.</param>
    /// <param name="scale">Above 0 and finite; taken as the exact value of the double.</param>
    internal static ulong UpperTail64(int numerator, int denominator, double scale)
    {
        (BigInteger mantissa, int exponent) = Decompose(scale);
        BigInteger above = (BigInteger)numerator << Places;
        BigInteger below = denominator * mantissa;
        BigInteger x = exponent >= 0 ? above / (below << exponent) : (above << -exponent) / below;
        return (ulong)(UpperTail(x) >> (Places - 64));
    }

    /// <summary>2^192 P[Z &gt; x / 2^192], within 2^32, for 0 &lt;= x / 2^192 &lt; 40.</summary>
    internal static BigInteger UpperTail(BigInteger x)
    {
        // 1/2 - (x + x^3/3 + x^5/(3*5) + ...) / (exp(x^2/2) sqrt(2 pi)): both series have positive terms only.
        BigInteger square = (x * x) >> Places;
        BigInteger term = x;
        BigInteger sum = x;
        for (int i = 3; !term.IsZero; i += 2)
        {
            term = ((term * square) >> Places) / i;
            sum += term;
        }

        BigInteger power = One;
        BigInteger exponential = One;
        for (int i = 2; !power.IsZero; i += 2)
        {
            power = ((power * square) >> Places) / i;
            exponential += power;
        }

        BigInteger body = ((sum << Places) / exponential << Places) / RootOfTwoPi;
        return BigInteger.Max(BigInteger.Zero, (One >> 1) - body);
    }

    /// <summary>The exact value of a double as mantissa * 2^exponent.</summary>
    internal static (BigInteger Mantissa, int Exponent) Decompose(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        return exponent == 0 ? (mantissa, -1074) : (mantissa | (1L << 52), exponent - 1075);
    }

    /// <summary>Machin's formula, pi = 16 arctan(1/5) - 4 arctan(1/239).</summary>
    private static BigInteger Pi() => (16 * InverseTangent(5)) - (4 * InverseTangent(239));

    private static BigInteger InverseTangent(int inverse)
    {
        BigInteger power = One / inverse;
        BigInteger sum = power;
        for (int i = 3; !power.IsZero; i += 2)
        {
            power /= -inverse * inverse;
            sum += power / i;
        }

        return sum;
    }

    /// <summary>The square root of a fixed-point number, by Newton's iteration from above.</summary>
    private static BigInteger SquareRoot(BigInteger value)
    {
        BigInteger target = value << Places;
        BigInteger root = BigInteger.One << ((int)(target.GetBitLength() / 2) + 1);
        while (true)
        {
            BigInteger next = (root + (target / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }
}
