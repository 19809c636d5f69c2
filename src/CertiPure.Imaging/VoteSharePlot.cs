using System.Globalization;
using CertiPure.Reports;
using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>How the votes of the selected class are distributed over the images: for each share of the votes the percentage of images on
/// which the right class was selected and got at least that share.</summary>
public sealed class VoteSharePlot : ReportPlot
{
    /// <summary>What has to be said below it.</summary>
    public const string Note =
        "The mean radius alone misleads: it grows where sure images become surer, whatever happens to the others (Sun et al., ICML 2025). This plot and the "
        + "curves show all of them. Left of one half the votes of the selected class alone certify nothing, and those of its rival may.";

    private const int Steps = 100;

    private readonly IReadOnlyList<(string Name, double[] Shares, int Images)> _runs;

    /// <summary>Makes the plot.</summary>
    /// <param name="runs">The runs; those that do not give the shares are left out.</param>
    public VoteSharePlot(IReadOnlyList<CertifiedRun> runs)
        : base("vote-shares", "Share of the votes for the right class")
    {
        ArgumentNullException.ThrowIfNull(runs);
        _runs =
        [
            .. runs.Where(IsKnown).Select(run => (
                run.Name,
                run.Images.Where(image => image.Selected == image.Label).Select(image => image.SelectedShare!.Value).Order().ToArray(),
                run.Images.Count)),
        ];
    }

    /// <inheritdoc/>
    public override string Description =>
        "Percentage of images on which the right class got at least a share of the votes. " + string.Join(" ", _runs.Select(run => string.Create(
            CultureInfo.InvariantCulture, $"{run.Name}: {At(run, 0):0.0} % at 0, {At(run, 0.5):0.0} % at one half, {At(run, 0.9):0.0} % at nine tenths.")));

    /// <summary>Whether a run gives the shares of its images.</summary>
    /// <param name="run">The run.</param>
    public static bool IsKnown(CertifiedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Images.Count > 0 && run.Images.All(image => image is { Label: not null, Selected: not null, SelectedShare: not null });
    }

    /// <inheritdoc/>
    public override ReportTable ToTable() => new(
        Key,
        Title,
        [
            new ReportColumn("run", "run", IsNumeric: false),
            new ReportColumn("share", "share of the votes"),
            new ReportColumn("images", "images with at least that, %"),
        ],
        [.. _runs.SelectMany(run => Enumerable.Range(0, Steps + 1).Select(i => (IReadOnlyList<ReportCell>)
        [
            new ReportCell(run.Name),
            ReportCell.Number(i / (double)Steps, "0.00"),
            ReportCell.Number(At(run, i / (double)Steps), "0.0"),
        ]))],
        [Note]);

    private protected override void Draw(Plot plot, int width)
    {
        double[] places = [.. Enumerable.Range(0, Steps + 1).Select(i => i / (double)Steps)];
        for (int i = 0; i < _runs.Count; i++)
        {
            SeriesStyle style = ReportColors.Series(i);
            var line = plot.Add.ScatterLine(places, places.Select(place => At(_runs[i], place)).ToArray());
            line.Color = style.Color;
            line.LineWidth = LineWidth;
            line.LinePattern = style.Pattern;
            plot.Legend.ManualItems.Add(LegendEntry(_runs[i].Name, style, withLine: true));
        }

        var half = plot.Add.VerticalLine(0.5);
        half.Color = Color.FromHex(ReportColors.Muted);
        half.LineWidth = 1;
        SetPercentAxis(plot, "images, %");
        plot.Axes.SetLimitsX(0, 1);
        plot.Axes.Bottom.TickGenerator = Ticks([0, 0.25, 0.5, 0.75, 1], x => x.ToString("0.##", CultureInfo.InvariantCulture));
        plot.XLabel("share of the votes");
        ShowLegend(plot, width, Alignment.LowerLeft);
    }

    private static double At((string Name, double[] Shares, int Images) run, double share) =>
        100.0 * run.Shares.Count(one => one >= share) / run.Images;
}
