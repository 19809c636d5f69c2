using CertiPure.Reports;

namespace CertiPure.Imaging;

/// <summary>The page of any runs: their certified accuracy, its curves, its cost, comparisons and manifests.</summary>
public static class RunReport
{
    /// <summary>Composes the page.</summary>
    /// <param name="runs">The runs, over labelled images.</param>
    /// <param name="radii">The radii of the tables in pixel space; those of the paper by default.</param>
    /// <param name="compare">Whether to compare the first with each of the others image by image.</param>
    /// <param name="title">The page's title.</param>
    /// <exception cref="CertiPureException">A run has no certificate or no labels, or two cannot be compared.</exception>
    public static HtmlReport Of(
        IReadOnlyList<CertifiedRun> runs,
        IReadOnlyList<double>? radii = null,
        bool compare = false,
        string title = "Certified accuracy")
    {
        ArgumentNullException.ThrowIfNull(runs);
        CertifiedAccuracy[] summaries = [.. runs.Select(run => CertifiedAccuracy.Of(run, radii))];
        var report = new HtmlReport(title, Lead(runs));
        report.AddSection("Certified accuracy")
            .AddTable(CertifiedAccuracyTable.Of(summaries, "Certified accuracy by radius"))
            .AddPlot(new CurvePlot(runs, "Certified accuracy against radius"));
        if (runs.Any(VoteSharePlot.IsKnown))
        {
            report.AddPlot(new VoteSharePlot(runs)).AddText(VoteSharePlot.Note);
        }

        if (runs.Count > 1)
        {
            report.AddSection("Cost");
            foreach (double radius in summaries[0].Cells.Select(cell => cell.Radius).Where(radius => radius is 0.25 or 0.5))
            {
                report.AddPlot(new ParetoPlot(summaries, radius));
            }
        }

        if (compare)
        {
            report.AddSection("Image by image");
            foreach (CertifiedRun other in runs.Skip(1))
            {
                report.AddTable(RunComparison.Of(runs[0], other, radii).ToTable());
            }
        }

        if (runs.Any(run => run.Manifest is not null))
        {
            report.AddSection("What was run").AddText(
                "A run is determined by its experiment: repeating it gives the same votes. Each bound and radius follows from the "
                + "votes of its row in certificates.jsonl alone; verification derives them again.");
            foreach (CertifiedRun run in runs.Where(run => run.Manifest is not null))
            {
                report.AddManifest(run.Name, run.Manifest!);
            }
        }

        return report;
    }

    private static string Lead(IReadOnlyList<CertifiedRun> runs)
    {
        string[] data = [.. runs.Select(run => run.Experiment?.Data.Name).OfType<string>().Distinct()];
        string what = runs.Count == 1 ? "One run" : $"{runs.Count} runs";
        return data.Length > 0 ? $"{what} over {string.Join(", ", data)}." : $"{what} from published logs.";
    }
}
