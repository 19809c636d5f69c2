using CertiPure.Smoothing;

namespace CertiPure.Reports;

/// <summary>Two runs at one radius, image by image.</summary>
/// <param name="Radius">The radius in pixel space.</param>
/// <param name="Both">Images that both certified.</param>
/// <param name="OnlyFirst">Images that only the first certified.</param>
/// <param name="OnlySecond">Images that only the second certified.</param>
/// <param name="Images">All images, at least 1.</param>
public sealed record PairedComparison(double Radius, int Both, int OnlyFirst, int OnlySecond, int Images)
{
    /// <summary>The 97.5 % point of the standard normal distribution, for intervals of 95 %.</summary>
    private const double NormalQuantile = 1.959963984540054;

    /// <summary>The first run's certified accuracy.</summary>
    public double FirstShare => (double)(Both + OnlyFirst) / Images;

    /// <summary>The second run's certified accuracy.</summary>
    public double SecondShare => (double)(Both + OnlySecond) / Images;

    /// <summary>How much more the first certified, -1 to 1.</summary>
    public double Difference => (double)(OnlyFirst - OnlySecond) / Images;

    /// <summary>McNemar's exact two-sided p-value: of the images that only one certified, each would be either's with
    /// probability 1/2 (McNemar 1947). 1 if there is none.</summary>
    public double PValue => BinomialBound.TwoSidedPValue(Math.Max(OnlyFirst, OnlySecond), Math.Min(OnlyFirst, OnlySecond));

    /// <summary>The 95 % score interval of the difference: all differences that McNemar's score test, extended to
    /// differences other than 0, does not reject (Tango, Statistics in Medicine 17, 1998, section 3).</summary>
    public (double Lower, double Upper) Interval =>
        (Boundary(-1), Boundary(1));

    /// <summary>Tango's statistic for the hypothesis that the difference is <paramref name="delta"/>; it falls as delta
    /// rises.</summary>
    private double Score(double delta)
    {
        double n = Images;
        double b = OnlyFirst;
        double c = OnlySecond;
        // The likelihood's maximum under the hypothesis, as the larger root of a quadratic.
        double p = -b - c + ((2 * n - b + c) * delta);
        double q = -c * delta * (1 - delta);
        double onlySecond = (Math.Sqrt(Math.Max(0, (p * p) - (8 * n * q))) - p) / (4 * n);
        double variance = n * ((2 * onlySecond) + (delta * (1 - delta)));
        double numerator = b - c - (n * delta);
        return numerator == 0 ? 0
            : variance > 0 ? numerator / Math.Sqrt(variance)
            : numerator * double.PositiveInfinity;
    }

    /// <summary>The difference between an extreme and the estimate at which the test begins to reject, by bisection.</summary>
    private double Boundary(double outside)
    {
        double inside = Difference;
        for (int i = 0; i < 100; i++)
        {
            double middle = 0.5 * (outside + inside);
            if (Math.Abs(Score(middle)) > NormalQuantile)
            {
                outside = middle;
            }
            else
            {
                inside = middle;
            }
        }

        return inside;
    }
}
