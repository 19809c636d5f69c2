using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace CertiPure.Imaging;

/// <summary>A logarithmic x axis with ticks at 1, 2 and 5 times powers of ten.</summary>
internal static class LogAxis
{
    private static readonly double[] Leading = [1, 2, 5];

    /// <summary>The place of a positive number.</summary>
    public static double Place(double value) => Math.Log10(Math.Max(value, 1e-9));

    /// <summary>Sets limits around places and ticks within them.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="places">The places of the data.</param>
    /// <param name="share">The share of the axis that stays free on either side.</param>
    public static void Set(Plot plot, IReadOnlyList<double> places, double share = 0.07)
    {
        double low = places.DefaultIfEmpty(0).Min();
        double high = places.DefaultIfEmpty(0).Max();
        // Less than a decade would show one tick or none.
        double width = Math.Max(1, (high - low) / (1 - (2 * share)));
        (low, high) = (0.5 * (low + high - width), 0.5 * (low + high + width));
        double[] leading = high - low > 3 ? [1] : Leading;
        var ticks = new NumericManual();
        for (int power = (int)Math.Floor(low); power <= Math.Ceiling(high); power++)
        {
            foreach (double digit in leading)
            {
                double value = digit * Math.Pow(10, power);
                if (Math.Log10(value) >= low && Math.Log10(value) <= high)
                {
                    ticks.AddMajor(Math.Log10(value), value.ToString("#,0.######", CultureInfo.InvariantCulture));
                }
            }
        }

        plot.Axes.Bottom.TickGenerator = ticks;
        plot.Axes.SetLimitsX(low, high);
    }
}
