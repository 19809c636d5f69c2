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
    public static void Set(Plot plot, IReadOnlyList<double> places)
    {
        const double margin = 0.15;
        double low = places.DefaultIfEmpty(0).Min() - margin;
        double high = places.DefaultIfEmpty(0).Max() + margin;
        // Less than a decade would show one tick or none.
        double missing = Math.Max(0, 1 - (high - low));
        (low, high) = (low - (missing / 2), high + (missing / 2));
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
