using System.Globalization;
using CertiPure.Reports;
using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>A quantity against the noise level, one line per method: transport, LPIPS or FID over sigma.</summary>
public sealed class LevelPlot : ReportPlot
{
    /// <summary>The share of the axis that stays free above the highest point.</summary>
    private const double Headroom = 0.03;

    private static readonly double[] Steps = [0.2, 0.25, 0.5, 1, 2];

    private readonly string _quantity;
    private readonly IReadOnlyList<LevelSeries> _series;

    /// <summary>Makes the plot.</summary>
    /// <param name="quantity">What is plotted, as the y axis names it: <c>transport E||D(y) - x||</c>.</param>
    /// <param name="series">One series per method.</param>
    /// <param name="title">The heading.</param>
    /// <param name="key">A short name for files.</param>
    public LevelPlot(string quantity, IReadOnlyList<LevelSeries> series, string title, string key)
        : base(key, title)
    {
        _quantity = quantity;
        _series = series;
    }

    /// <inheritdoc/>
    public override string Description =>
        $"{_quantity} against sigma. " + string.Join(" ", _series.Where(series => series.Points.Count > 0).Select(series => string.Create(
            CultureInfo.InvariantCulture,
            $"{series.Name}: {series.Points[0].Value:0.###} at sigma {series.Points[0].Sigma:0.###}, {series.Points[^1].Value:0.###} at "
            + $"{series.Points[^1].Sigma:0.###}.")));

    /// <inheritdoc/>
    public override ReportTable ToTable() => new(
        Key,
        Title,
        [
            new ReportColumn("method", "method", IsNumeric: false),
            new ReportColumn("sigma", "\u03c3"),
            new ReportColumn("value", _quantity),
        ],
        [.. _series.SelectMany(series => series.Points.Select(point => (IReadOnlyList<ReportCell>)
        [
            new ReportCell(series.Name),
            ReportCell.Number(point.Sigma, "0.00##"),
            ReportCell.Number(point.Value, "0.####"),
        ]))],
        []);

    private protected override void Draw(Plot plot, int width)
    {
        for (int i = 0; i < _series.Count; i++)
        {
            SeriesStyle style = ReportColors.Series(i);
            var line = plot.Add.Scatter(
                _series[i].Points.Select(point => LogAxis.Place(point.Sigma)).ToArray(),
                _series[i].Points.Select(point => point.Value).ToArray());
            line.Color = style.Color;
            line.LineWidth = LineWidth;
            line.LinePattern = style.Pattern;
            line.MarkerShape = style.Marker;
            line.MarkerSize = 8;
            line.MarkerLineColor = style.Color;
            line.MarkerLineWidth = 1.5f;
            plot.Legend.ManualItems.Add(LegendEntry(_series[i].Name, style, withLine: true));
        }

        LogAxis.Set(plot, [.. _series.SelectMany(series => series.Points).Select(point => LogAxis.Place(point.Sigma))]);
        SetAxisFromZero(plot, _series.SelectMany(series => series.Points).Select(point => point.Value).DefaultIfEmpty(1).Max());
        plot.XLabel("noise level \u03c3 (pixel space)");
        plot.YLabel(_quantity);
        ShowLegend(plot, width, Alignment.UpperLeft);
    }

    /// <summary>The y axis from 0 to the first round number above the data, with three to six round steps.</summary>
    private static void SetAxisFromZero(Plot plot, double largest)
    {
        double size = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(largest, 1e-9))));
        double step = Steps.Select(digit => digit * size).First(candidate => largest <= 6 * candidate);
        int count = Math.Max(1, (int)Math.Ceiling((largest * (1 + Headroom)) / step));
        plot.Axes.Left.TickGenerator = Ticks(
            Enumerable.Range(0, count + 1).Select(i => i * step), y => y.ToString("#,0.##########", CultureInfo.InvariantCulture));
        plot.Axes.SetLimitsY(0, count * step);
    }
}

/// <summary>A method's values over the noise level.</summary>
/// <param name="Name">The method.</param>
/// <param name="Points">Sigma in pixel space, above 0 and ascending, and the value there.</param>
public sealed record LevelSeries(string Name, IReadOnlyList<(double Sigma, double Value)> Points);
