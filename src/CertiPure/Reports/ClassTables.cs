using System.Globalization;
using CertiPure.Results;

namespace CertiPure.Reports;

/// <summary>What the votes of a run say of its classes, one by one.</summary>
public static class ClassTables
{
    /// <summary>The confusions that are shown.</summary>
    private const int MostConfusions = 10;

    /// <summary>Certified accuracy per class.</summary>
    /// <param name="run">The run, over labelled images.</param>
    /// <param name="radii">The radii in pixel space; <see cref="CertifiedAccuracy.DefaultRadii"/> by default.</param>
    /// <exception cref="CertiPureException">The run has no image yet, or images without labels.</exception>
    public static ReportTable Accuracy(CertifiedRun run, IReadOnlyList<double>? radii = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        double[] asked = [.. (radii ?? CertifiedAccuracy.DefaultRadii).Distinct().Order()];
        // Refuses what has no accuracy.
        CertifiedAccuracy.Of(run, asked);
        return new ReportTable(
            "certified-accuracy-per-class",
            $"{run.Name}: certified accuracy per class",
            [
                new ReportColumn("class", "class", IsNumeric: false),
                new ReportColumn("images", "images"),
                .. asked.Select(radius => new ReportColumn(
                    string.Create(CultureInfo.InvariantCulture, $"certified{radius}"),
                    radius == 0 ? "clean" : string.Create(CultureInfo.InvariantCulture, $"\u2265{radius:0.00##}"),
                    HasInterval: true)),
                new ReportColumn("abstained", "abstained", HasInterval: true),
                new ReportColumn("share", "mean share of the votes"),
            ],
            [.. run.Images.GroupBy(image => image.Label!.Value).OrderBy(group => group.Key).Select(group => (IReadOnlyList<ReportCell>)
            [
                new ReportCell(NameOf(run, group.Key)),
                ReportCell.Number(group.Count(), "0"),
                .. asked.Select(radius => ReportCell.Percent(new Proportion(group.Count(image => image.IsCertifiedAt(radius)), group.Count()))),
                ReportCell.Percent(new Proportion(group.Count(image => image.Predicted is null), group.Count())),
                group.All(image => image.Votes is not null)
                    ? ReportCell.Percent(group.Average(image => image.Votes![group.Key] / (double)Math.Max(1, image.Votes.Sum())))
                    : ReportCell.Empty,
            ])],
            ["In percent, with 95 % Clopper-Pearson intervals. The last column is how much of the votes the class itself gets on its images, whatever the "
                + "answer; it needs a run that keeps the votes of all classes."]);
    }

    /// <summary>The most frequent confusions: which other class most of the noisy copies are taken for.</summary>
    /// <param name="run">The run, over labelled images.</param>
    /// <returns>The table, or null where the run does not say which classes its images were taken for.</returns>
    public static ReportTable? Confusions(CertifiedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        CertifiedImage[] known = [.. run.Images.Where(image => image is { Label: not null, Selected: not null })];
        if (known.Length == 0)
        {
            return null;
        }

        var confusions = known.Where(image => image.Selected != image.Label)
            .GroupBy(image => (Label: image.Label!.Value, Selected: image.Selected!.Value))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Take(MostConfusions);
        return new ReportTable(
            "confusions",
            $"{run.Name}: most frequent confusions",
            [
                new ReportColumn("class", "class", IsNumeric: false),
                new ReportColumn("takenFor", "taken for", IsNumeric: false),
                new ReportColumn("images", "images"),
                new ReportColumn("ofClass", "% of the class"),
                new ReportColumn("certified", "certified so"),
                new ReportColumn("share", "its share of the votes"),
            ],
            [.. confusions.Select(group => (IReadOnlyList<ReportCell>)
            [
                new ReportCell(NameOf(run, group.Key.Label)),
                new ReportCell(NameOf(run, group.Key.Selected)),
                ReportCell.Number(group.Count(), "0"),
                ReportCell.Percent(group.Count() / (double)known.Count(image => image.Label == group.Key.Label)),
                ReportCell.Number(group.Count(image => image.Predicted is not null), "0"),
                group.All(image => image.SelectedShare is not null)
                    ? ReportCell.Percent(group.Average(image => image.SelectedShare!.Value))
                    : ReportCell.Empty,
            ])],
            ["Images of a class whose selection draws chose another one; \"certified so\" are those for which the wrong class was certified too."]);
    }

    private static string NameOf(CertifiedRun run, int label) =>
        run.Manifest?.ClassNames is { } names && label < names.Count ? names[label] : label.ToString(CultureInfo.InvariantCulture);
}
