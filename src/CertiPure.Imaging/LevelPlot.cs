using System.Globalization;
using CertiPure.Reports;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace CertiPure.Imaging;

/// <summary>A quantity against the noise level, one line per method: transport, LPIPS or FID over sigma.</summary>
public sealed class LevelPlot : ReportPlot
{
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
        double largest = _series.SelectMany(series => series.Points).Select(point => point.Value).DefaultIfEmpty(1).Max();
        plot.Axes.SetLimitsY(0, largest * 1.08);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { TargetTickCount = 6 };
        plot.XLabel("noise level \u03c3 (pixel space)");
        plot.YLabel(_quantity);
        plot.ShowLegend(Alignment.UpperLeft);
    }
}
