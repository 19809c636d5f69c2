using System.Globalization;
using CertiPure.Reports;
using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>Certified accuracy against radius, one curve per run, each with its pointwise 95 % Clopper-Pearson band.</summary>
public sealed class CurvePlot : ReportPlot
{
    private const int MaximumSteps = 400;

    private readonly IReadOnlyList<(string Name, IReadOnlyList<AccuracyCell> Cells)> _curves;
    private readonly double _last;

    /// <summary>Makes the plot of some runs.</summary>
    /// <param name="runs">The runs, over labelled images.</param>
    /// <param name="title">The heading.</param>
    /// <param name="key">A short name for files.</param>
    /// <exception cref="CertiPureException">A run has no certificate yet, or images without labels.</exception>
    public CurvePlot(
        IReadOnlyList<CertifiedRun> runs, string title = "Certified accuracy", string key = "certified-accuracy-curves")
        : base(key, title)
    {
        ArgumentNullException.ThrowIfNull(runs);
        double largest = runs.SelectMany(run => run.Images).Where(image => image.IsCorrect)
            .Select(image => image.Radius).DefaultIfEmpty(0).Max();
        // Up to the next tick after the last certificate, so that every curve is seen to end.
        _last = Math.Max(1, (Math.Floor(largest / TickStep(largest)) + 1) * TickStep(largest));
        _curves = [.. runs.Select(run => (run.Name, ToItsEnd(CertifiedAccuracy.Of(run, Steps(run, _last)).Cells)))];
    }

    /// <inheritdoc/>
    public override string Description =>
        "Certified accuracy in percent against the L2 radius in pixel space. " + string.Join(" ", _curves.Select(curve =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{curve.Name}: {100 * curve.Cells[0].Accuracy.Value:0.0} % at radius 0, "
                + $"{100 * At(curve.Cells, 0.5):0.0} % at 0.5, {100 * At(curve.Cells, 1):0.0} % at 1.")));

    /// <inheritdoc/>
    public override ReportTable ToTable() => new(
        Key,
        Title,
        [
            new ReportColumn("run", "run", IsNumeric: false),
            new ReportColumn("radius", "radius"),
            new ReportColumn("certifiedAccuracy", "certified accuracy", HasInterval: true),
        ],
        [.. _curves.SelectMany(curve => curve.Cells.Select(cell => (IReadOnlyList<ReportCell>)
        [
            new ReportCell(curve.Name),
            ReportCell.Number(cell.Radius, "0.0000"),
            ReportCell.Percent(cell.Accuracy),
        ]))],
        []);

    private protected override void Draw(Plot plot, int width)
    {
        for (int i = 0; i < _curves.Count; i++)
        {
            AddBand(plot, _curves[i].Cells, ReportColors.Series(i));
        }

        for (int i = 0; i < _curves.Count; i++)
        {
            AddCurve(plot, _curves[i].Cells, ReportColors.Series(i), i);
            plot.Legend.ManualItems.Add(LegendEntry(_curves[i].Name, ReportColors.Series(i), withLine: true));
        }

        double step = TickStep(_last);
        plot.XLabel("certified L\u2082 radius (pixel space)");
        plot.Axes.Bottom.TickGenerator = Ticks(
            Enumerable.Range(0, (int)Math.Round(_last / step) + 1).Select(i => i * step),
            x => x.ToString("0.##", CultureInfo.InvariantCulture));
        plot.Axes.SetLimitsX(0, _last);
        SetPercentAxis(plot, "certified accuracy (%)");
        ShowLegend(plot, width, Alignment.UpperRight);
    }

    /// <summary>The radii at which the curve of a run falls, with both ends; where there are too many, evenly spaced ones and those
    /// of the description.</summary>
    private static double[] Steps(CertifiedRun run, double last)
    {
        double[] radii = [.. run.Images.Where(image => image.IsCorrect && image.Radius < last)
            .Select(image => image.Radius).Append(0).Append(last).Distinct().Order()];
        return radii.Length <= MaximumSteps
            ? radii
            : [.. Enumerable.Range(0, MaximumSteps + 1).Select(i => i * last / MaximumSteps), 0.5, 1];
    }

    /// <summary>A curve up to its fall to 0: beyond, it would only hide the axis.</summary>
    private static IReadOnlyList<AccuracyCell> ToItsEnd(IReadOnlyList<AccuracyCell> cells)
    {
        int positive = cells.TakeWhile(cell => cell.Accuracy.Count > 0).Count();
        return [.. cells.Take(positive + 1)];
    }

    private static double At(IReadOnlyList<AccuracyCell> cells, double radius) =>
        cells.FirstOrDefault(cell => cell.Radius >= radius)?.Accuracy.Value ?? 0;

    private static double TickStep(double largest) => largest > 2.5 ? 0.5 : 0.25;

    private static void AddBand(Plot plot, IReadOnlyList<AccuracyCell> cells, SeriesStyle style)
    {
        List<(double X, double Lower, double Upper)> corners =
            [.. Corners(cells).Select(corner => (corner.X, 100 * corner.Cell.Accuracy.Lower, 100 * corner.Cell.Accuracy.Upper))];
        var band = plot.Add.FillY(corners);
        band.FillColor = style.Color.WithAlpha(0.14);
        band.LineWidth = 0;
    }

    private void AddCurve(Plot plot, IReadOnlyList<AccuracyCell> cells, SeriesStyle style, int index)
    {
        (double X, AccuracyCell Cell)[] corners = [.. Corners(cells)];
        var line = plot.Add.ScatterLine(
            corners.Select(corner => corner.X).ToArray(),
            corners.Select(corner => 100 * corner.Cell.Accuracy.Value).ToArray());
        line.Color = style.Color;
        line.LineWidth = LineWidth;
        line.LinePattern = style.Pattern;

        // Curves' markers are set off against one another, so that they do not hide each other where curves meet.
        double spacing = _last / 8;
        double[] places =
        [
            .. Enumerable.Range(0, 8).Select(i => (i + 0.3 + (0.13 * (index % 4))) * spacing).Where(x => At(cells, x) > 0),
        ];
        var markers = plot.Add.Markers(
            places, places.Select(x => 100 * At(cells, x)).ToArray(), style.Marker, 8, style.Color);
        markers.MarkerStyle.LineColor = style.Color;
        markers.MarkerStyle.LineWidth = 1.5f;
    }

    /// <summary>A curve's corners: it has the value of a cell up to and at the cell's radius, then falls at once.</summary>
    private static IEnumerable<(double X, AccuracyCell Cell)> Corners(IReadOnlyList<AccuracyCell> cells)
    {
        yield return (cells[0].Radius, cells[0]);
        for (int i = 1; i < cells.Count; i++)
        {
            yield return (cells[i - 1].Radius, cells[i]);
            if (cells[i].Accuracy.Count > 0)
            {
                yield return (cells[i].Radius, cells[i]);
            }
        }
    }
}
