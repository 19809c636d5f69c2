using System.Globalization;
using CertiPure.Reports;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The matrix's tables with what was certified: one row per method, and what is absent in its place.</summary>
internal sealed class ReproductionTables
{
    private static readonly IReadOnlyList<double> Radii = CertifiedAccuracy.DefaultRadii;

    private readonly Reproduction _reproduction;

    public ReproductionTables(Reproduction reproduction) => _reproduction = reproduction;

    /// <summary>A row's runs that there are, by ascending noise level.</summary>
    public IReadOnlyList<CertifiedAccuracy> Summaries(MatrixRow row) =>
    [
        .. row.Runs.Select(run => _reproduction.Find(run, row.Name)).OfType<CertifiedRun>()
            .Select(run => CertifiedAccuracy.Of(run, Radii)),
    ];

    /// <summary>Why a row, or a part of it, is absent; empty where it is whole.</summary>
    public string Absence(MatrixRow row)
    {
        if (row.Absence is { } absence)
        {
            return "absent: " + absence;
        }

        string[] missing = [.. row.Runs.Select(_reproduction.Models.Missing).OfType<string>().Distinct()];
        return missing.Length == 0 ? "" : "absent: " + string.Join("; ", missing);
    }

    /// <summary>At each radius the best of a method's runs over the noise levels.</summary>
    public ReportTable BestOverSigma(MatrixTable table)
    {
        (MatrixRow Row, IReadOnlyList<CertifiedAccuracy> Runs)[] rows = [.. table.Rows.Select(row => (row, Summaries(row)))];
        return new ReportTable(
            table.Key,
            table.Title + ", best over \u03c3",
            [
                new ReportColumn("method", "method", IsNumeric: false),
                new ReportColumn("networkCalls", "calls/draw"),
                .. RadiusColumns,
                new ReportColumn("remark", "remark", IsNumeric: false),
            ],
            [.. rows.Select(row => BestRow(row.Row, row.Runs, rows.SelectMany(other => Comparable(row.Runs, other.Runs))))],
            [
                "Share of images, in percent, whose certified class is the true one with at least the given L2 radius in pixel space "
                    + "[0,1]; an abstention is wrong. After @ the \u03c3 of the run; in parentheses the 95 % Clopper-Pearson interval, which "
                    + "does not account for the choice of \u03c3. Bold is the best among rows over as many images.",
            ]);
    }

    /// <summary>Every run of a table.</summary>
    public ReportTable PerSigma(MatrixTable table) => new(
        table.Key + "-per-sigma",
        table.Title + ", per \u03c3",
        [
            new ReportColumn("method", "method", IsNumeric: false),
            new ReportColumn("sigma", "\u03c3"),
            new ReportColumn("images", "images"),
            new ReportColumn("draws", "n"),
            new ReportColumn("networkCalls", "calls/draw"),
            .. RadiusColumns,
            new ReportColumn("abstained", "abstained", HasInterval: true),
            new ReportColumn("averageRadius", "mean radius"),
            new ReportColumn("secondsPerCertificate", "s/certificate"),
            new ReportColumn("remark", "remark", IsNumeric: false),
        ],
        [.. table.Rows.SelectMany(SigmaRows)],
        ["Seconds are those of one process on this machine, from its first image to its last."]);

    /// <summary>A method's seconds per certificate at a number of draws: those of the run, in proportion where it took others.</summary>
    public static double SecondsPerCertificate(CertifiedAccuracy summary, int? draws = null)
    {
        double seconds = summary.Run.ImagesPerSecond is { } rate and > 0 ? 1 / rate : summary.SecondsPerImage;
        return draws is { } asked && summary.DrawsPerImage is { } taken and > 0 ? seconds * asked / taken : seconds;
    }

    private static IEnumerable<ReportColumn> RadiusColumns => Radii.Select(radius => new ReportColumn(
        string.Create(CultureInfo.InvariantCulture, $"certified{radius}"),
        radius == 0 ? "clean" : string.Create(CultureInfo.InvariantCulture, $"\u2265{radius:0.00}"),
        HasInterval: true));

    private static IEnumerable<CertifiedAccuracy> Comparable(
        IReadOnlyList<CertifiedAccuracy> runs, IReadOnlyList<CertifiedAccuracy> others) =>
        others.Where(other => runs.Count > 0 && other.Run.Images.Count == runs[0].Run.Images.Count);

    private static string Calls(IReadOnlyList<CertifiedAccuracy> runs)
    {
        int[] calls = [.. runs.Select(run => run.Run.Experiment!.Purifier.NetworkCalls).Distinct().Order()];
        return calls.Length == 0 ? ""
            : calls.Length == 1 ? calls[0].ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{calls[0]}\u2013{calls[^1]}");
    }

    private IReadOnlyList<ReportCell> BestRow(
        MatrixRow row, IReadOnlyList<CertifiedAccuracy> runs, IEnumerable<CertifiedAccuracy> comparable)
    {
        CertifiedAccuracy[] rivals = [.. comparable];
        // Among them are the row's own runs, and the best of nothing else is not a distinction.
        bool hasRivals = rivals.Length > runs.Count;
        return
        [
            new ReportCell(row.Name),
            new ReportCell(Calls(runs)),
            .. Radii.Select((_, i) =>
            {
                if (runs.Count == 0)
                {
                    return ReportCell.Empty;
                }

                CertifiedAccuracy best = runs.MaxBy(run => run.Cells[i].Accuracy.Value)!;
                double value = best.Cells[i].Accuracy.Value;
                ReportCell cell = ReportCell.Percent(
                    best.Cells[i].Accuracy, isBest: hasRivals && value > 0 && value == rivals.Max(rival => rival.Cells[i].Accuracy.Value));
                return runs.Count == 1
                    ? cell
                    : cell with
                    {
                        Text = string.Create(CultureInfo.InvariantCulture, $"{cell.Text} @{best.Run.Experiment!.Sigma:0.0#}"),
                    };
            }),
            new ReportCell(Remark(row)),
        ];
    }

    private string Remark(MatrixRow row) =>
        string.Join("; ", ((string[])[row.Remark, Absence(row)]).Where(part => part.Length > 0));

    private IEnumerable<IReadOnlyList<ReportCell>> SigmaRows(MatrixRow row)
    {
        IReadOnlyList<CertifiedAccuracy> runs = Summaries(row);
        foreach (CertifiedAccuracy summary in runs)
        {
            yield return
            [
                new ReportCell(row.Name),
                ReportCell.Number(summary.Run.Experiment!.Sigma, "0.00##"),
                ReportCell.Number(summary.Run.Images.Count, "0"),
                ReportCell.Number(summary.Run.Experiment.N, "0"),
                ReportCell.Number(summary.Run.Experiment.Purifier.NetworkCalls, "0"),
                .. summary.Cells.Select(cell => ReportCell.Percent(cell.Accuracy)),
                ReportCell.Percent(summary.Abstention),
                ReportCell.Number(summary.AverageRadius, "0.000"),
                ReportCell.Number(SecondsPerCertificate(summary), "0.00"),
                new ReportCell(row.Remark),
            ];
        }

        if (Absence(row) is { Length: > 0 } absence)
        {
            yield return
            [
                new ReportCell(row.Name),
                .. Enumerable.Repeat(ReportCell.Empty, 7 + Radii.Count),
                new ReportCell(absence),
            ];
        }
    }
}
