using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CertiPure.Smoothing;

/// <summary>
/// Uniform bits to normal numbers by the inverse distribution function (M. J. Wichura, Algorithm AS 241: The Percentage Points
/// of the Normal Distribution, Applied Statistics 37, 1988; PPND16), with one fixed order of IEEE + - x / and square root, so
/// that the scalar form, the vector form and every machine give the same bits.
/// </summary>
internal static class NormalTransform
{
    /// <summary>|u - 1/2| up to which the central approximation serves.</summary>
    private const double CentralReach = 0.425;

    /// <summary>Square root of -ln(tail) up to which the middle approximation serves: tails down to e^-25.</summary>
    private const double MiddleReach = 5.0;

    private static ReadOnlySpan<double> CentralNumerator =>
    [
        2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
        1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0,
    ];

    private static ReadOnlySpan<double> CentralDenominator =>
    [
        5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
        5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0,
    ];

    private static ReadOnlySpan<double> MiddleNumerator =>
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
        3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0,
    ];

    private static ReadOnlySpan<double> MiddleDenominator =>
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0,
    ];

    private static ReadOnlySpan<double> FarNumerator =>
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0,
    ];

    private static ReadOnlySpan<double> FarDenominator =>
    [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
    ];

    /// <summary>The uniform number that 64 random bits stand for: (2m + 1) * 2^-53 with m their upper 52 bits. It is exact, never 0
    /// or 1, and symmetric about 1/2.</summary>
    internal static double Uniform(ulong bits) => BitConverter.UInt64BitsToDouble((bits >> 12) | One) - (1.0 - HalfStep);

    /// <inheritdoc cref="Uniform(ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Uniform(Vector256<ulong> bits) =>
        ((bits >> 12) | Vector256.Create(One)).AsDouble() - Vector256.Create(1.0 - HalfStep);

    /// <summary>The quantile of a probability strictly between 0 and 1.</summary>
    internal static double Quantile(double u)
    {
        double q = u - 0.5;
        if (Math.Abs(q) <= CentralReach)
        {
            return q * RationalApproximation.Evaluate(0.180625 - (q * q), CentralNumerator, CentralDenominator);
        }

        double r = Math.Sqrt(-ElementaryFunctions.Log(Math.Min(u, 1.0 - u)));
        double x = r <= MiddleReach
            ? RationalApproximation.Evaluate(r - 1.6, MiddleNumerator, MiddleDenominator)
            : RationalApproximation.Evaluate(r - 5.0, FarNumerator, FarDenominator);
        return q < 0 ? -x : x;
    }

    /// <inheritdoc cref="Quantile(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Quantile(Vector256<double> u)
    {
        Vector256<double> q = u - Vector256.Create(0.5);
        Vector256<double> x = q * RationalApproximation.Evaluate(
            Vector256.Create(0.180625) - (q * q), CentralNumerator, CentralDenominator);
        Vector256<double> outside = Vector256.GreaterThan(Vector256.Abs(q), Vector256.Create(CentralReach));
        return outside.AsUInt64() == Vector256<ulong>.Zero ? x : Vector256.ConditionalSelect(outside, Tails(u, q), x);
    }

    private const ulong One = 0x3FF0000000000000;

    private const double HalfStep = 1.0 / (1L << 53);

    private static Vector256<double> Tails(Vector256<double> u, Vector256<double> q)
    {
        Vector256<double> r = Vector256.Sqrt(
            -ElementaryFunctions.Log(Vector256.Min(u, Vector256.Create(1.0) - u)));
        Vector256<double> x = RationalApproximation.Evaluate(
            r - Vector256.Create(1.6), MiddleNumerator, MiddleDenominator);
        Vector256<double> far = Vector256.GreaterThan(r, Vector256.Create(MiddleReach));
        if (far.AsUInt64() != Vector256<ulong>.Zero)
        {
            Vector256<double> beyond = RationalApproximation.Evaluate(
                r - Vector256.Create(5.0), FarNumerator, FarDenominator);
            x = Vector256.ConditionalSelect(far, beyond, x);
        }

        return Vector256.ConditionalSelect(Vector256.LessThan(q, Vector256<double>.Zero), -x, x);
    }
}

/// <summary>A quotient of two polynomials of degree 7, evaluated by Horner's rule in one fixed order, so that the scalar and the
/// vector form give the same bits. Multiplications and additions are never fused: the runtime does so only where asked.</summary>
internal static class RationalApproximation
{
    /// <summary>The number of coefficients of each polynomial.</summary>
    internal const int Length = 8;

    /// <summary>Evaluates at one place.</summary>
    /// <param name="x">The place.</param>
    /// <param name="numerator">Coefficients, highest power first.</param>
    /// <param name="denominator">Coefficients, highest power first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Evaluate(double x, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        double above = numerator[0];
        double below = denominator[0];
        for (int i = 1; i < Length; i++)
        {
            above = (above * x) + numerator[i];
            below = (below * x) + denominator[i];
        }

        return above / below;
    }

    /// <summary>Evaluates at four places.</summary>
    /// <param name="x">The places.</param>
    /// <param name="numerator">Coefficients, highest power first.</param>
    /// <param name="denominator">Coefficients, highest power first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Evaluate(
        Vector256<double> x, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        Vector256<double> above = Vector256.Create(numerator[0]);
        Vector256<double> below = Vector256.Create(denominator[0]);
        for (int i = 1; i < Length; i++)
        {
            above = (above * x) + Vector256.Create(numerator[i]);
            below = (below * x) + Vector256.Create(denominator[i]);
        }

        return above / below;
    }
}
