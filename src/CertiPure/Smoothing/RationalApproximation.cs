using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CertiPure.Smoothing;

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
