using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CertiPure.Smoothing;

/// <summary>
/// Logarithm and exponential made of IEEE + - x / alone, so that they give the same bits on every platform; those of the
/// system library differ in the last bit between platforms and versions.
/// </summary>
internal static class ElementaryFunctions
{
    /// <summary>The high part of ln 2: its last 32 bits are zero, so that its product with any exponent is exact.</summary>
    internal const double Ln2High = 0.693147180369123816490;

    /// <summary>The rest of ln 2.</summary>
    internal const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Bits of the square root of 1/2, where the mantissa is cut.</summary>
    private const long SquareRootOfHalf = 0x3FE6A09E667F3BCD;

    /// <summary>2 / 23, 2 / 21, ..., 2 / 3: the series of 2 artanh(s) / s without its first term, in powers of s^2.</summary>
    private static ReadOnlySpan<double> LogSeries =>
    [
        2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5, 2.0 / 3,
    ];

    /// <summary>Natural logarithm with a relative error of at most 2^-51.</summary>
    /// <param name="x">A positive normal number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Log(double x)
    {
        // x = m * 2^e with m in [sqrt(1/2), sqrt(2)).
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits - SquareRootOfHalf) >> 52;
        double m = BitConverter.Int64BitsToDouble(bits - (exponent << 52));
        double e = exponent;

        // ln m = 2 artanh(s), s = (m-1)/(m+1), |s| <= 0.1716: what the series leaves out is below 2^-64 of s.
        double s = (m - 1.0) / (m + 1.0);
        double z = s * s;
        double series = LogSeries[0];
        for (int i = 1; i < LogSeries.Length; i++)
        {
            series = (series * z) + LogSeries[i];
        }

        double rest = s * z * series;
        return (e * Ln2High) + ((2.0 * s) + (rest + (e * Ln2Low)));
    }

    /// <inheritdoc cref="Log(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<long> bits = x.AsInt64();
        Vector256<long> exponent = Vector256.ShiftRightArithmetic(bits - Vector256.Create(SquareRootOfHalf), 52);
        Vector256<double> m = (bits - (exponent << 52)).AsDouble();
        Vector256<double> e = Vector256.ConvertToDouble(exponent);
        Vector256<double> s = (m - Vector256.Create(1.0)) / (m + Vector256.Create(1.0));
        Vector256<double> z = s * s;
        Vector256<double> series = Vector256.Create(LogSeries[0]);
        for (int i = 1; i < LogSeries.Length; i++)
        {
            series = (series * z) + Vector256.Create(LogSeries[i]);
        }

        Vector256<double> rest = s * z * series;
        return (e * Vector256.Create(Ln2High))
            + ((Vector256.Create(2.0) * s) + (rest + (e * Vector256.Create(Ln2Low))));
    }

    /// <summary>Exponential; relative error at most 4e-16. Below -700 it returns 0, above 700 it is not defined.</summary>
    /// <param name="x">At most 700.</param>
    internal static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        // x = k ln 2 + r with |r| <= 0.35; the Taylor series to r^14 leaves less than 1e-18.
        double k = Math.Floor((x * 1.4426950408889634) + 0.5);
        double r = (x - (k * Ln2High)) - (k * Ln2Low);
        double series = 1.0 / 87178291200;
        series = (series * r) + (1.0 / 6227020800);
        series = (series * r) + (1.0 / 479001600);
        series = (series * r) + (1.0 / 39916800);
        series = (series * r) + (1.0 / 3628800);
        series = (series * r) + (1.0 / 362880);
        series = (series * r) + (1.0 / 40320);
        series = (series * r) + (1.0 / 5040);
        series = (series * r) + (1.0 / 720);
        series = (series * r) + (1.0 / 120);
        series = (series * r) + (1.0 / 24);
        series = (series * r) + (1.0 / 6);
        series = (series * r) + 0.5;
        double result = 1.0 + (r + (r * r * series));
        return result * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }
}
