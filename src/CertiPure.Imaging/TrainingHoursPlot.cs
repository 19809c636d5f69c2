using System.Globalization;
using CertiPure.Reports;
using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>Certified accuracy at one radius against the hours that the networks were trained, one line per method.</summary>
public sealed class TrainingHoursPlot : ReportPlot
{
    private const double Margin = 3;

    private static readonly double[] Steps = [0.1, 0.2, 0.25, 0.5, 1];

    private readonly IReadOnlyList<(TrainingHours Training, Proportion Share)> _points;
    private readonly string[] _methods;

    /// <summary>Makes the plot.</summary>
    /// <param name="summaries">The runs; each has the radius among its cells.</param>
    /// <param name="hours">The hours of each of the runs, by its name.</param>
    /// <param name="radius">The radius in pixel space.</param>
    /// <exception cref="CertiPureException">There is a run without hours.</exception>
    public TrainingHoursPlot(IReadOnlyList<CertifiedAccuracy> summaries, IReadOnlyList<TrainingHours> hours, double radius)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"training-hours-{radius}"),
            string.Create(CultureInfo.InvariantCulture, $"Certified accuracy at radius {radius} against hours of training"))
    {
        ArgumentNullException.ThrowIfNull(summaries);
        ArgumentNullException.ThrowIfNull(hours);
        _points =
        [
            .. summaries.Select(summary => (
                hours.FirstOrDefault(row => row.Run == summary.Run.Name) ?? throw new CertiPureException(
                    $"The table of training hours has no line for the run {summary.Run.Name}; add one."),
                summary.Cells.First(cell => cell.Radius == radius).Accuracy)),
        ];
        _methods = [.. hours.Select(row => row.Method).Distinct().Where(method => _points.Any(point => point.Training.Method == method))];
    }

    /// <inheritdoc/>
    public override string Description =>
        "Certified accuracy in percent against hours of training. " + string.Join(" ", _methods.Select(method => $"{method}: "
            + string.Join(", ", Line(method).Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{100 * point.Share.Value:0.0} % after {point.Training.Hours:0.##} h"))) + "."));

    /// <inheritdoc/>
    public override ReportTable ToTable() => new(
        Key,
        Title,
        [
            new ReportColumn("method", "trained", IsNumeric: false),
            new ReportColumn("run", "run", IsNumeric: false),
            new ReportColumn("hours", "hours"),
            new ReportColumn("certifiedAccuracy", "certified accuracy", HasInterval: true),
        ],
        [
            .. _methods.SelectMany(Line).Select(point => (IReadOnlyList<ReportCell>)
            [
                new ReportCell(point.Training.Method),
                new ReportCell(point.Training.Run),
                ReportCell.Number(point.Training.Hours, "0.00"),
                ReportCell.Percent(point.Share),
            ]),
        ],
        []);

    private protected override void Draw(Plot plot, int width)
    {
        for (int i = 0; i < _methods.Length; i++)
        {
            (TrainingHours Training, Proportion Share)[] points = [.. Line(_methods[i])];
            SeriesStyle style = ReportColors.Series(i);
            foreach ((TrainingHours training, Proportion share) in points)
            {
                var interval = plot.Add.Line(training.Hours, 100 * share.Lower, training.Hours, 100 * share.Upper);
                interval.LineWidth = 1;
                interval.LineColor = style.Color;
            }

            var line = plot.Add.Scatter(
                points.Select(point => point.Training.Hours).ToArray(), points.Select(point => 100 * point.Share.Value).ToArray());
            line.Color = style.Color;
            line.LineWidth = LineWidth;
            line.LinePattern = style.Pattern;
            line.MarkerShape = style.Marker;
            line.MarkerSize = 8;
            line.MarkerLineColor = style.Color;
            line.MarkerLineWidth = 1.5f;
            plot.Legend.ManualItems.Add(LegendEntry(_methods[i], style, withLine: true));
        }

        double longest = _points.Max(point => point.Training.Hours);
        double step = Steps.FirstOrDefault(candidate => longest <= 8 * candidate, Math.Ceiling(longest / 8));
        int count = (int)Math.Floor(longest / step) + 1;
        plot.Axes.Bottom.TickGenerator = Ticks(
            Enumerable.Range(0, count + 1).Select(i => i * step), x => x.ToString("0.##", CultureInfo.InvariantCulture));
        plot.Axes.SetLimitsX(0, count * step);
        plot.XLabel("hours of training, all networks of the run together");
        SetPercentAxis(plot, "certified accuracy (%)");
        plot.Axes.SetLimitsY(-Margin, 100 + Margin);
        ShowLegend(plot, width, Alignment.UpperLeft);
    }

    private IEnumerable<(TrainingHours Training, Proportion Share)> Line(string method) =>
        _points.Where(point => point.Training.Method == method).OrderBy(point => point.Training.Hours);
}
