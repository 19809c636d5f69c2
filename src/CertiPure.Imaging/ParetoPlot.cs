using System.Globalization;
using CertiPure.Reports;
using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>Certified accuracy against the seconds that a certificate takes, one point per method: up and to the left is
/// better.</summary>
public sealed class ParetoPlot : ReportPlot
{
    private readonly IReadOnlyList<CertifiedAccuracy> _summaries;
    private readonly double _radius;

    /// <summary>Makes the plot.</summary>
    /// <param name="summaries">One summary per method; each has the radius among its cells.</param>
    /// <param name="radius">The radius in pixel space.</param>
    /// <param name="title">The heading; by default it names the radius.</param>
    public ParetoPlot(IReadOnlyList<CertifiedAccuracy> summaries, double radius, string? title = null)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"pareto-{radius}"),
            title ?? string.Create(CultureInfo.InvariantCulture, $"Certified accuracy at radius {radius} against its cost"))
    {
        ArgumentNullException.ThrowIfNull(summaries);
        _summaries = [.. summaries.OrderBy(summary => summary.SecondsPerImage)];
        _radius = radius;
    }

    /// <inheritdoc/>
    public override string Description =>
        "Certified accuracy in percent against seconds per certificate on a logarithmic axis. "
        + string.Join(" ", _summaries.Select(summary => string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Run.Name}: {100 * Share(summary).Value:0.0} % in {Math.Max(0, summary.SecondsPerImage):0.###} s.")));

    /// <inheritdoc/>
    public override ReportTable ToTable() => new(
        Key,
        Title,
        [
            new ReportColumn("run", "run", IsNumeric: false),
            new ReportColumn("secondsPerImage", "s/certificate"),
            new ReportColumn("certifiedAccuracy", "certified accuracy", HasInterval: true),
        ],
        [.. _summaries.Select(summary => (IReadOnlyList<ReportCell>)
        [
            new ReportCell(summary.Run.Name),
            ReportCell.Number(summary.SecondsPerImage, "0.000"),
            ReportCell.Percent(Share(summary)),
        ])],
        []);

    private protected override void Draw(Plot plot)
    {
        double[] xs = [.. _summaries.Select(summary => LogAxis.Place(summary.SecondsPerImage))];
        for (int i = 0; i < _summaries.Count; i++)
        {
            SeriesStyle style = ReportColors.Series(i);
            Proportion share = Share(_summaries[i]);
            var interval = plot.Add.Line(xs[i], 100 * share.Lower, xs[i], 100 * share.Upper);
            interval.LineWidth = 1.5f;
            interval.LineColor = style.Color;
            var marker = plot.Add.Marker(xs[i], 100 * share.Value, style.Marker, 10, style.Color);
            marker.MarkerStyle.LineColor = style.Color;
            marker.MarkerStyle.LineWidth = 1.5f;
            plot.Legend.ManualItems.Add(LegendEntry(_summaries[i].Run.Name, style, withLine: false));
        }

        LogAxis.Set(plot, xs);
        plot.XLabel("seconds per certificate");
        SetPercentAxis(plot, string.Create(CultureInfo.InvariantCulture, $"certified accuracy at {_radius} (%)"));
        plot.ShowLegend(Edge.Right);
    }

    private Proportion Share(CertifiedAccuracy summary) =>
        summary.Cells.First(cell => cell.Radius == _radius).Accuracy;
}
