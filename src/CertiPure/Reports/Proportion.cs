using CertiPure.Smoothing;

namespace CertiPure.Reports;

/// <summary>A share of images with its 95 % Clopper-Pearson interval.</summary>
/// <param name="Count">Images that count.</param>
/// <param name="Total">All images, at least 1.</param>
public sealed record Proportion(int Count, int Total)
{
    /// <summary>The confidence of the interval.</summary>
    public const double Confidence = 0.95;

    private readonly Lazy<(double Lower, double Upper)> _interval =
        new(() => BinomialBound.Interval(Count, Total, Confidence));

    /// <summary>The share, 0 to 1.</summary>
    public double Value => (double)Count / Total;

    /// <summary>The interval's lower end.</summary>
    public double Lower => _interval.Value.Lower;

    /// <summary>The interval's upper end.</summary>
    public double Upper => _interval.Value.Upper;
}
