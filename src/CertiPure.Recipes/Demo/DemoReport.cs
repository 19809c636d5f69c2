using System.Globalization;
using CertiPure.Imaging;
using CertiPure.Reports;
using CertiPure.Results;

namespace CertiPure.Recipes.Demo;

/// <summary>The demo's table for the terminal and its page.</summary>
internal static class DemoReport
{
    private const double HeadlineRadius = 0.5;

    public static ReportTable Summarize(IReadOnlyList<CertifiedRun> runs)
    {
        CertifiedAccuracy[] summaries = [.. runs.Select(run => CertifiedAccuracy.Of(run))];
        return new ReportTable(
            "demo",
            "Certified accuracy in percent",
            [
                new ReportColumn("method", "method", IsNumeric: false),
                .. CertifiedAccuracy.DefaultRadii.Select(radius => new ReportColumn(
                    string.Create(CultureInfo.InvariantCulture, $"certified{radius}"),
                    string.Create(CultureInfo.InvariantCulture, $"r={radius:0.00}"))),
                new ReportColumn("abstained", "abstained"),
                new ReportColumn("imagesPerSecond", "images/s"),
            ],
            [.. summaries.Select(Row)],
            runs[0].Manifest?.CleanImages is { } clean ? [clean.ToString()] : []);
    }

    public static void Write(
        string path,
        IReadOnlyList<CertifiedRun> runs,
        IReadOnlyList<(string Name, RunManifest Manifest)> manifests,
        DemoPictures pictures,
        DemoOptions options)
    {
        CertifiedAccuracy[] summaries = [.. runs.Select(run => CertifiedAccuracy.Of(run))];
        Experiment experiment = manifests[0].Manifest.Experiment;
        var report = new HtmlReport(
            "CertiPure: certified with and without purification",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{experiment.Images.Count} test images of {experiment.Data.Name} under Gaussian noise of sigma {options.Sigma}, "
                + $"{options.SelectionDraws} + {options.EstimationDraws} draws each, the same noise for every method; a certificate is "
                + $"wrong with probability at most {options.Alpha}."));
        report.AddKeyFigures(
            [.. summaries.Select(summary => (
                string.Create(CultureInfo.InvariantCulture, $"{100 * At(summary, HeadlineRadius).Value:0} %"),
                string.Create(CultureInfo.InvariantCulture, $"certified at radius {HeadlineRadius}, {summary.Run.Name}")))]);
        report.AddSection("Certified accuracy").AddTable(CertifiedAccuracyTable.Of(summaries));
        report.AddPlot(new CurvePlot(runs)).AddPlot(new VoteSharePlot(runs)).AddText(VoteSharePlot.Note);
        report.AddSection("The same noise, purified").AddGrid(
            pictures.Grid,
            "Each column is one image under one draw of noise; borders show whether the classifier is right on the picture.");
        report.AddSection("Method against method");
        foreach (CertifiedRun other in runs.SkipLast(1))
        {
            report.AddTable(RunComparison.Of(runs[^1], other).ToTable());
        }

        report.AddSection("What was run");
        foreach ((string name, RunManifest manifest) in manifests)
        {
            report.AddManifest(name, manifest);
        }

        report.Save(path);
    }

    private static IReadOnlyList<ReportCell> Row(CertifiedAccuracy summary) =>
    [
        new ReportCell(summary.Run.Name),
        .. summary.Cells.Select(cell => Percent(cell.Accuracy)),
        Percent(summary.Abstention),
        ReportCell.Number(summary.Run.ImagesPerSecond, "0.00"),
    ];

    private static ReportCell Percent(Proportion share) => ReportCell.Number(100 * share.Value, "0.0");

    private static Proportion At(CertifiedAccuracy summary, double radius) =>
        summary.Cells.Single(cell => cell.Radius == radius).Accuracy;
}
