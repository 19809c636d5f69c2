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

    /// <summary>Natural logarithm; relative error at most 4e-16 (4e-16 absolute near 1).</summary>
    /// <param name="x">A positive normal number.</param>
    internal static double Log(double x)
    {
        // x = m * 2^e with m in [sqrt(1/2), sqrt(2)): the upper bits are shifted so that the cut falls at sqrt(1/2).
        long bits = BitConverter.DoubleToInt64Bits(x);
        long e = (bits - 0x3FE6A09E667F3BCDL) >> 52;
        double m = BitConverter.Int64BitsToDouble(bits - (e << 52));

        // ln m = 2 artanh(s), s = (m-1)/(m+1), |s| <= 0.1716: the series to s^23 leaves less than 2e-19 of s.
        double s = (m - 1.0) / (m + 1.0);
        double z = s * s;
        double series = 2.0 / 23;
        series = (series * z) + (2.0 / 21);
        series = (series * z) + (2.0 / 19);
        series = (series * z) + (2.0 / 17);
        series = (series * z) + (2.0 / 15);
        series = (series * z) + (2.0 / 13);
        series = (series * z) + (2.0 / 11);
        series = (series * z) + (2.0 / 9);
        series = (series * z) + (2.0 / 7);
        series = (series * z) + (2.0 / 5);
        series = (series * z) + (2.0 / 3);
        double tail = s * z * series;
        return (e * Ln2High) + ((2.0 * s) + (tail + (e * Ln2Low)));
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
