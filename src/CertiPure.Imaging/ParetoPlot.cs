using System.Globalization;
using CertiPure.Reports;
using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>Certified accuracy against the seconds that a certificate takes, one point per method: up and to the left is
/// better.</summary>
public sealed class ParetoPlot : ReportPlot
{
    private const int MostNames = 4;
    private const double Margin = 3;

    private readonly IReadOnlyList<CertifiedAccuracy> _summaries;
    private readonly IReadOnlyList<SeriesStyle> _styles;
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
        // In the order given, so that a method looks the same in plots of several radii.
        _styles = [.. _summaries.Select(summary => ReportColors.Series(summaries.ToList().IndexOf(summary)))];
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

    private protected override void Draw(Plot plot, int width)
    {
        double[] xs = [.. _summaries.Select(summary => LogAxis.Place(summary.SecondsPerImage))];
        // Names lie beside their points, so that there is no legend to look up, where the picture is wide enough and points are few.
        bool hasNames = IsWide(width) && _summaries.Count <= MostNames;
        LogAxis.Set(plot, xs, hasNames ? 0.3 : 0.07);
        double[] nameHeights = Spread([.. _summaries.Select(summary => 100 * Share(summary).Value)]);
        for (int i = 0; i < _summaries.Count; i++)
        {
            SeriesStyle style = _styles[i];
            Proportion share = Share(_summaries[i]);
            var interval = plot.Add.Line(xs[i], 100 * share.Lower, xs[i], 100 * share.Upper);
            interval.LineWidth = 1.5f;
            interval.LineColor = style.Color;
            var marker = plot.Add.Marker(xs[i], 100 * share.Value, style.Marker, 10, style.Color);
            marker.MarkerStyle.LineColor = style.Color;
            marker.MarkerStyle.LineWidth = 1.5f;

            if (hasNames)
            {
                AddName(plot, _summaries[i].Run.Name, xs, i, nameHeights[i], style);
            }

            plot.Legend.ManualItems.Add(LegendEntry(_summaries[i].Run.Name, style, withLine: false));
        }

        plot.XLabel("seconds per certificate");
        SetPercentAxis(plot, "certified accuracy (%)");
        // A marker at 0 or 100 % is seen whole.
        plot.Axes.SetLimitsY(-Margin, 100 + Margin);
        if (hasNames)
        {
            plot.HideLegend();
        }
        else
        {
            plot.ShowLegend(IsWide(width) ? Edge.Right : Edge.Bottom);
            plot.Legend.Orientation = Orientation.Vertical;
        }
    }

    /// <summary>Names a point on the side where its neighbour is farther away.</summary>
    private static void AddName(Plot plot, string name, double[] xs, int index, double height, SeriesStyle style)
    {
        double leftGap = index == 0 ? double.MaxValue : xs[index] - xs[index - 1];
        double rightGap = index == xs.Length - 1 ? double.MaxValue : xs[index + 1] - xs[index];
        bool isLeft = leftGap > rightGap;
        var label = plot.Add.Text(name, xs[index], height);
        label.LabelAlignment = isLeft ? Alignment.MiddleRight : Alignment.MiddleLeft;
        label.OffsetX = isLeft ? -11 : 11;
        label.LabelFontName = ReportFont.Family;
        label.LabelFontSize = TextSize;
        label.LabelFontColor = style.Color;
    }

    /// <summary>Moves labels apart where their points are closer than a line of text.</summary>
    private static double[] Spread(double[] heights)
    {
        const double line = 5;
        int[] ascending = [.. Enumerable.Range(0, heights.Length).OrderBy(i => heights[i])];
        double[] places = [.. heights];
        for (int rank = 1; rank < ascending.Length; rank++)
        {
            places[ascending[rank]] = Math.Max(places[ascending[rank]], places[ascending[rank - 1]] + line);
        }

        // What was pushed over the top goes back down.
        double ceiling = 100 - (line / 2);
        for (int rank = ascending.Length - 1; rank >= 0; rank--)
        {
            places[ascending[rank]] = Math.Min(places[ascending[rank]], ceiling);
            ceiling = places[ascending[rank]] - line;
        }

        return places;
    }

    private Proportion Share(CertifiedAccuracy summary) =>
        summary.Cells.First(cell => cell.Radius == _radius).Accuracy;
}
