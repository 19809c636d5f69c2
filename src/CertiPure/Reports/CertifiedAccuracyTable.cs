using System.Globalization;

namespace CertiPure.Reports;

/// <summary>Lays out the summaries of runs as tables.</summary>
public static class CertifiedAccuracyTable
{
    /// <summary>One row per run: certified accuracy per radius in percent with its 95 % interval, and what it cost.</summary>
    /// <param name="summaries">The summaries, all of the same radii.</param>
    /// <param name="title">The heading.</param>
    public static ReportTable Of(IReadOnlyList<CertifiedAccuracy> summaries, string title = "Certified accuracy")
    {
        ArgumentNullException.ThrowIfNull(summaries);
        IReadOnlyList<double> radii = summaries.Count > 0 ? [.. summaries[0].Cells.Select(cell => cell.Radius)] : [];
        if (summaries.Any(summary => !summary.Cells.Select(cell => cell.Radius).SequenceEqual(radii)))
        {
            throw new ArgumentException("The summaries have different radii.", nameof(summaries));
        }

        bool hasMany = summaries.Count > 1;
        double[] best = [.. radii.Select((_, i) => summaries.Max(summary => summary.Cells[i].Accuracy.Value))];
        return new ReportTable(
            "certified-accuracy",
            title,
            [
                new ReportColumn("run", "run", IsNumeric: false),
                new ReportColumn("purifier", "purifier", IsNumeric: false),
                new ReportColumn("sigma", "\u03c3"),
                new ReportColumn("images", "images"),
                .. radii.Select(radius => new ReportColumn(Key(radius), Header(radius), HasInterval: true)),
                new ReportColumn("abstained", "abstained", HasInterval: true),
                new ReportColumn("averageRadius", "mean radius"),
                new ReportColumn("networkCalls", "calls/draw"),
                new ReportColumn("drawsPerImage", "draws/image"),
                new ReportColumn("secondsPerImage", "s/image"),
                new ReportColumn("imagesPerSecond", "images/s"),
            ],
            [.. summaries.Select(summary => Row(summary, hasMany ? best : null))],
            Notes(summaries));
    }

    private static IReadOnlyList<ReportCell> Row(CertifiedAccuracy summary, double[]? best) =>
    [
        new ReportCell(summary.Run.Name),
        new ReportCell(summary.Run.Experiment?.Purifier.Method ?? ""),
        ReportCell.Number(summary.Run.Experiment?.Sigma, "0.00##"),
        ReportCell.Number(summary.Run.Images.Count, "0"),
        .. summary.Cells.Select((cell, i) =>
            ReportCell.Percent(cell.Accuracy, isBest: best is not null && cell.Accuracy.Count > 0 && cell.Accuracy.Value == best[i])),
        ReportCell.Percent(summary.Abstention),
        ReportCell.Number(summary.AverageRadius, "0.000"),
        ReportCell.Number(summary.Run.Experiment?.Purifier.NetworkCalls, "0"),
        ReportCell.Number(summary.DrawsPerImage, "0"),
        ReportCell.Number(summary.SecondsPerImage, "0.00"),
        ReportCell.Number(summary.Run.ImagesPerSecond, "0.000"),
    ];

    private static IReadOnlyList<string> Notes(IReadOnlyList<CertifiedAccuracy> summaries) =>
    [
        "Certified accuracy is the share of images, in percent, whose certified class is the true one with at least the given L2 "
            + "radius in pixel space [0,1]; radius 0 is clean accuracy, and an abstention is wrong. In parentheses: 95 % "
            + "Clopper-Pearson interval.",
        .. summaries.SelectMany(summary => summary.Cells
            .Where(cell => cell.OnRadius.Count > 0)
            .Select(cell => string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Run.Name}: {cell.OnRadius.Count} of the {cell.Accuracy.Count} images counted at {cell.Radius} have exactly "
                + $"that radius as printed, which may have been rounded up: {Some(cell.OnRadius)}."))),
    ];

    private static string Some(IReadOnlyList<int> ids)
    {
        const int shown = 12;
        string list = string.Join(", ", ids.Take(shown).Select(id => id.ToString(CultureInfo.InvariantCulture)));
        return ids.Count > shown ? $"{list} and {ids.Count - shown} more" : list;
    }

    private static string Key(double radius) => string.Create(CultureInfo.InvariantCulture, $"certified{radius}");

    private static string Header(double radius) =>
        radius == 0 ? "clean" : string.Create(CultureInfo.InvariantCulture, $"\u2265{radius:0.00##}");
}
