using CertiPure.Images;
using CertiPure.Reports;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>What a reproduction would cost on this machine.</summary>
/// <param name="Rows">Its runs and measurements.</param>
public sealed record ReproductionEstimate(IReadOnlyList<ReproductionEstimateRow> Rows)
{
    /// <summary>Noise draws of all rows that could be timed.</summary>
    public long Draws => Timed.Sum(row => row.Draws);

    /// <summary>Their network evaluations.</summary>
    public long ForwardPasses => Timed.Sum(row => row.ForwardPasses);

    /// <summary>Their hours.</summary>
    public double Hours => Timed.Sum(row => row.Hours!.Value);

    private IEnumerable<ReproductionEstimateRow> Timed => Rows.Where(row => row.Hours is not null);

    /// <summary>Times the networks for a moment and counts.</summary>
    /// <param name="options">What would be reproduced.</param>
    /// <param name="data">The data set's name.</param>
    /// <param name="count">The number of its test images.</param>
    /// <param name="shape">Their shape.</param>
    /// <exception cref="CertiPureException">Weights cannot be loaded.</exception>
    public static ReproductionEstimate Measure(ReproductionOptions options, string data, int count, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(options);
        var models = new ReproductionModels(options, shape);
        var probe = new NetworkProbe(options, models, shape);
        var matrix = new ReproductionMatrix(options.Scale, data, options.Classifiers);
        var rows = new List<ReproductionEstimateRow>();
        var purifiedGroups = new HashSet<string>();
        foreach (PlannedRun run in matrix.Runs)
        {
            long draws = run.Images.Resolve(count).Count * ((long)run.SelectionDraws + run.EstimationDraws);
            // A group's first run pays for the purifier.
            int calls = run.PurifierWeights is null || (run.Group is { } group && !purifiedGroups.Add(group)) ? 0
                : run.Purifier == "pf-ode" ? PfOdePurifier.CallsAt(run.Sigma) : 1;
            double? purifier = calls == 0 ? double.PositiveInfinity : probe.PurifierRate(run.Purifier, run.PurifierWeights!);
            double? classifier = probe.ClassifierRate(run.Classifier);
            double? core = run.Core is { } role ? probe.ClassifierRate(role) : double.PositiveInfinity;
            rows.Add(new ReproductionEstimateRow(
                run.Key,
                draws,
                draws * (calls + (run.Core is null ? 1 : 2)),
                draws * ((calls / purifier) + (1 / classifier) + (1 / core)) / 3600,
                models.Missing(run) ?? ""));
        }

        foreach ((_, string method, string weights) in matrix.Transports)
        {
            ReproductionScale scale = options.Scale;
            long calls = (long)scale.TransportImages.Resolve(count).Count * scale.TransportDraws * scale.TransportSigmas.Count;
            rows.Add(new ReproductionEstimateRow(
                "transport " + weights,
                calls,
                calls,
                calls / probe.PurifierRate(method, weights) / 3600,
                models.Has(weights) ? "" : options.Weights.Advice(weights)));
        }

        return new ReproductionEstimate(rows);
    }

    /// <summary>The estimate as a table.</summary>
    public ReportTable ToTable() => new(
        "estimate",
        "What the reproduction costs on this machine",
        [
            new ReportColumn("run", "run", IsNumeric: false),
            new ReportColumn("draws", "draws"),
            new ReportColumn("forwardPasses", "forward passes"),
            new ReportColumn("hours", "hours"),
            new ReportColumn("remark", "remark", IsNumeric: false),
        ],
        [
            .. Rows.Select(row => (IReadOnlyList<ReportCell>)
            [
                new ReportCell(row.Key),
                ReportCell.Number(row.Draws, "#,0"),
                ReportCell.Number(row.ForwardPasses, "#,0"),
                ReportCell.Number(row.Hours, "#,0.00"),
                new ReportCell(row.Remark),
            ]),
            [
                new ReportCell("all"),
                ReportCell.Number(Draws, "#,0"),
                ReportCell.Number(ForwardPasses, "#,0"),
                ReportCell.Number(Hours, "#,0.00"),
                ReportCell.Empty,
            ],
        ],
        [
            "Speeds were measured here for a moment on each network; where published weights are absent, on their architecture with fresh "
                + "weights. Rows without hours have neither, and are not in the sum.",
        ]);
}

/// <summary>What one run or measurement would cost.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Draws">Its noise draws.</param>
/// <param name="ForwardPasses">Network evaluations of those draws, purifier and classifier together.</param>
/// <param name="Hours">The time they take at the measured speed; null where no network could be timed.</param>
/// <param name="Remark">What it still needs; empty for nothing.</param>
public sealed record ReproductionEstimateRow(string Key, long Draws, long ForwardPasses, double? Hours, string Remark);
