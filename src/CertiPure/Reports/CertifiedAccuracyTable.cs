using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Reports;

/// <summary>Lays out the summaries of runs as tables.</summary>
public static partial class CertifiedAccuracyTable
{
    private const string DefinitionNote =
        "Certified accuracy is the share of images, in percent, whose certified class is the true one with at least the given L2 "
        + "radius in pixel space [0,1]; radius 0 is clean accuracy, and an abstention is wrong. In parentheses: 95 % "
        + "Clopper-Pearson interval.";

    private static readonly string[] CostColumns =
        ["networkCalls", "drawsPerImage", "secondsPerImage", "imagesPerSecond"];

    /// <summary>One row per run: certified accuracy per radius in percent with its 95 % interval, and what it cost.</summary>
    /// <param name="summaries">The summaries, all of the same radii.</param>
    /// <param name="title">The heading.</param>
    /// <param name="withCosts">Whether network calls, draws and times are told; times of a busy machine are better left out.</param>
    public static ReportTable Of(
        IReadOnlyList<CertifiedAccuracy> summaries, string title = "Certified accuracy", bool withCosts = true)
    {
        ArgumentNullException.ThrowIfNull(summaries);
        IReadOnlyList<double> radii = CommonRadii(summaries);
        bool hasMany = summaries.Count > 1;
        double[] best = [.. radii.Select((_, i) => summaries.Max(summary => summary.Cells[i].Accuracy.Value))];
        var table = new ReportTable(
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
            [.. Notes(summaries), .. withCosts ? summaries.SelectMany(SavedDraws) : []]);
        return WithColumns(table, i =>
            table.Rows.Any(row => row[i] != ReportCell.Empty) && (withCosts || !CostColumns.Contains(table.Columns[i].Key)));
    }

    /// <summary>One row per method, as <see cref="BestOverRuns"/> has it: runs whose experiments differ in sigma alone, and in the radii
    /// that a staged plan decides there, are one method, called by what their names share.</summary>
    /// <param name="summaries">The summaries, all of the same radii; a published log is a method of its own.</param>
    /// <exception cref="CertiPureException">Two runs of one method have the same sigma, so that the best of them would be the luckier
    /// half.</exception>
    public static ReportTable BestOverSigma(IReadOnlyList<CertifiedAccuracy> summaries)
    {
        ArgumentNullException.ThrowIfNull(summaries);
        var methods = new List<List<CertifiedAccuracy>>();
        foreach (CertifiedAccuracy summary in summaries)
        {
            if (methods.Find(method => AreOneMethod(method[0].Run.Experiment, summary.Run.Experiment)) is { } method)
            {
                if (method.Find(other => other.Run.Experiment!.Sigma == summary.Run.Experiment!.Sigma) is { } twin)
                {
                    throw new CertiPureException(
                        $"{twin.Run.Name} and {summary.Run.Name} are of one experiment, so neither is the better; merge shards, and name a "
                        + "run once.",
                        ErrorReason.InvalidArgument);
                }

                method.Add(summary);
            }
            else
            {
                methods.Add([summary]);
            }
        }

        return BestOverRuns([.. methods.Select(
            method => (SharedName([.. method.Select(summary => summary.Run.Name)]), (IReadOnlyList<CertifiedAccuracy>)method))]);
    }

    /// <summary>One row per method: at each radius the best of its runs, usually over sigma, as the paper's tables have it.
    /// A smaller second number tells which run it is.</summary>
    /// <param name="methods">The methods and their runs, all of the same radii.</param>
    /// <param name="title">The heading.</param>
    public static ReportTable BestOverRuns(
        IReadOnlyList<(string Method, IReadOnlyList<CertifiedAccuracy> Runs)> methods,
        string title = "Certified accuracy, best over \u03c3")
    {
        ArgumentNullException.ThrowIfNull(methods);
        IReadOnlyList<double> radii = CommonRadii([.. methods.SelectMany(method => method.Runs)]);
        double[] best = [.. radii.Select((_, i) => methods.Max(method => method.Runs.Max(run => run.Cells[i].Accuracy.Value)))];
        return new ReportTable(
            "certified-accuracy-best",
            title,
            [
                new ReportColumn("method", "method", IsNumeric: false),
                .. radii.Select(radius => new ReportColumn(Key(radius), Header(radius), HasInterval: true)),
            ],
            [.. methods.Select(method => (IReadOnlyList<ReportCell>)
            [
                new ReportCell(method.Method),
                .. radii.Select((_, i) =>
                {
                    CertifiedAccuracy run = method.Runs.MaxBy(candidate => candidate.Cells[i].Accuracy.Value)!;
                    ReportCell cell = ReportCell.Percent(
                        run.Cells[i].Accuracy, isBest: methods.Count > 1 && run.Cells[i].Accuracy.Value == best[i]);
                    return run.Run.Experiment is { } experiment
                        ? cell with { Text = string.Create(CultureInfo.InvariantCulture, $"{cell.Text} @{experiment.Sigma:0.00##}") }
                        : cell;
                }),
            ])],
            [
                DefinitionNote,
                "Each cell is the best of the method's runs at that radius (the \u03c3 after @); its interval does not account for that "
                    + "choice.",
                .. methods.SelectMany(method => Unfinished(method.Runs)),
                .. methods.SelectMany(method => radii.Index()
                    .Select(radius => (Run: method.Runs.MaxBy(candidate => candidate.Cells[radius.Index].Accuracy.Value)!, radius.Item))
                    .Where(cell => !IsDecided(cell.Run, cell.Item))
                    .GroupBy(cell => cell.Run, cell => cell.Item)
                    .Select(group => Undecided(group.Key, [.. group]))),
            ]);
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
        DefinitionNote,
        .. OfRuns(summaries, summary => summary.Run.DerivedBound is { } bound
            ? $"derived from the votes by the bound '{NameOf(bound)}', for comparison; certified by '{NameOf(summary.Run.Experiment!.Bound)}'"
                + (summary.Run.Experiment.Plan.Looks.Count > 1 ? ", for which its plan stopped." : ".")
            : null),
        .. WithoutMajority(summaries),
        .. Unfinished(summaries),
        .. OfRuns(summaries, Premises),
        .. OfRuns(summaries, summary => summary.Run.Manifest?.HasChangedClassifier() == true
            ? "the base classifier changed during the run, so nothing of it is certified." : null),
        .. summaries.SelectMany(summary => summary.Cells
            .Where(cell => cell.OnRadius.Count > 0)
            .Select(cell => string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Run.Name}: {cell.OnRadius.Count} of the {cell.Accuracy.Count} images counted at {cell.Radius} have exactly "
                + $"that radius as printed, which may have been rounded up: {Some(cell.OnRadius)}."))),
        .. summaries.Select(summary => (Summary: summary, Radii: OpenRadii(summary))).Where(open => open.Radii.Count > 0)
            .Select(open => Undecided(open.Summary, open.Radii)),
    ];

    /// <summary>Which runs are less than their experiment, so that their shares are of other images than those of whole runs.</summary>
    private static IEnumerable<string> Unfinished(IEnumerable<CertifiedAccuracy> summaries) => summaries
        .Where(summary => summary.Run.MissingImages > 0)
        .Select(summary => summary.Run.Manifest!.Shard is { IsWhole: true }
            ? $"{summary.Run.Name}: not finished, {summary.Run.Images.Count} of {summary.Run.Experiment!.Images.Count} images."
            : $"{summary.Run.Name}: shard {summary.Run.Manifest.Shard}, {summary.Run.Images.Count} of the experiment's {summary.Run.Experiment!.Images.Count} images.");

    /// <summary>A sentence on each run; where several runs share it, it is printed once, after their names.</summary>
    private static IEnumerable<string> OfRuns(IReadOnlyList<CertifiedAccuracy> summaries, Func<CertifiedAccuracy, string?> sentence) =>
        from summary in summaries
        let text = sentence(summary)
        where text is not null
        group summary.Run.Name by text into names
        select $"{(names.Count() == summaries.Count && names.Count() > 2 ? "All runs" : string.Join("; ", names))}: {names.Key}";

    /// <summary>What the votes rest on: how right the classifier is without noise, and who chose the seed. Runs of format version 1 do not
    /// say.</summary>
    private static string? Premises(CertifiedAccuracy summary)
    {
        if (summary.Run.Manifest is not { SeedChosenBy: { } choice } manifest)
        {
            return null;
        }

        string clean = manifest.CleanImages?.ToString() ?? "The images that were looked at have no labels.";
        string seed = choice == SeedChoice.Fresh ? "was drawn at random" : "was chosen by the operator";
        return string.Create(CultureInfo.InvariantCulture, $"{clean} The seed {manifest.Experiment.Seed} {seed}.");
    }

    /// <summary>Which certificates a reader may not expect, in words and with the surest of them as an example.</summary>
    private static IEnumerable<string> WithoutMajority(IReadOnlyList<CertifiedAccuracy> summaries)
    {
        (CertifiedAccuracy Of, CertifiedImage Image)[] images =
        [
            .. from summary in summaries
               where summary.Run.Experiment is { Routing: null }
               from image in summary.Run.Images
               where image is { Predicted: not null, LowerBound: <= 0.5, UpperBound: not null }
               select (summary, image),
        ];
        if (images.Length > 0)
        {
            IEnumerable<string> counts = images.GroupBy(image => image.Of)
                .Select(run => $"{run.Count()} of {run.Key.Run.Images.Count} images ({run.Key.Run.Name})");
            (CertifiedAccuracy of, CertifiedImage example) = images.MaxBy(image => image.Image.Radius);
            yield return $"Certified without a majority of the votes, because no other class comes near: {string.Join(", ", counts)}. "
                + $"Image {example.Id} of {of.Run.Name}, for example: "
                + CertificateText.Bounds(example.LowerBound!.Value, example.UpperBound!.Value, of.Run.Experiment!.Alpha);
        }
    }

    private static string NameOf(BoundKind bound) => bound == BoundKind.Top ? "top" : "margin";

    private static IReadOnlyList<double> OpenRadii(CertifiedAccuracy summary) =>
        [.. summary.Cells.Select(cell => cell.Radius).Where(radius => !IsDecided(summary, radius))];

    /// <summary>Whether all draws that could help to certify a radius were taken: a plan with several looks stops as soon as its own radii
    /// are decided.</summary>
    private static bool IsDecided(CertifiedAccuracy summary, double radius) =>
        summary.Run.Experiment is not { Plan.Looks.Count: > 1 } experiment || experiment.Radii.Contains(radius);

    private static string Undecided(CertifiedAccuracy summary, IReadOnlyList<double> radii) =>
        $"{summary.Run.Name}: the {summary.Run.Experiment!.Plan.Name} plan waits for the radii {Listed(summary.Run.Experiment.Radii)} alone; at "
        + $"{Listed(radii)} it may stop before an image is certified that the fixed plan certifies.";

    private static string Listed(IReadOnlyList<double> radii) =>
        string.Join(", ", radii.Select(radius => radius.ToString(CultureInfo.InvariantCulture)));

    /// <summary>What a plan that may stop early took, beside what the fixed plan of the same n takes.</summary>
    private static IEnumerable<string> SavedDraws(CertifiedAccuracy summary)
    {
        if (summary is { DrawsPerImage: double draws, Run.Experiment: { Plan.Looks.Count: > 1 } experiment })
        {
            int exhaustive = experiment.N0 + experiment.N;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Run.Name}: the {experiment.Plan.Name} plan took {draws:0} draws per image, {100 * draws / exhaustive:0.0} % of "
                + $"the {exhaustive} that the fixed plan takes.");
        }
    }

    private static string Some(IReadOnlyList<int> ids)
    {
        const int shown = 12;
        string list = string.Join(", ", ids.Take(shown).Select(id => id.ToString(CultureInfo.InvariantCulture)));
        return ids.Count > shown ? $"{list} and {ids.Count - shown} more" : list;
    }

    /// <summary>A published log tells neither sigma nor purifier nor draws: what no run tells is left out.</summary>
    private static ReportTable WithColumns(ReportTable table, Func<int, bool> told)
    {
        int[] kept = [.. Enumerable.Range(0, table.Columns.Count).Where(told)];
        return table with
        {
            Columns = [.. kept.Select(i => table.Columns[i])],
            Rows = [.. table.Rows.Select(row => (IReadOnlyList<ReportCell>)[.. kept.Select(i => row[i])])],
        };
    }

    /// <summary>Whether nothing but sigma differs, with what depends on it: how often PF-ODE calls its network, which radii are worth a
    /// decision, and the graph of ONNX Runtime, which holds the noise level of the purifier.</summary>
    private static bool AreOneMethod(Experiment? first, Experiment? second) =>
        first is not null && second is not null
        && first.DifferencesFrom(second).All(difference =>
            difference.Field is "sigma" or "purifier.networkCalls" or "radii"
            || (difference.Field == "engine.graphSha256" && first.Sigma != second.Sigma));

    private static string SharedName(IReadOnlyList<string> names)
    {
        string first = names[0];
        int shared = Enumerable.Range(0, first.Length + 1)
            .Last(length => names.All(name => name.StartsWith(first[..length], StringComparison.Ordinal)));
        string name = names.Count == 1 ? first : BegunSigma().Replace(first[..shared], "");
        return name.Length > 0 ? name : first;
    }

    /// <summary>What is left of "-0.25" and "-0.5" where names are cut at their first difference.</summary>
    [GeneratedRegex(@"[-_](\d+\.?\d*)?$")]
    private static partial Regex BegunSigma();

    private static IReadOnlyList<double> CommonRadii(IReadOnlyList<CertifiedAccuracy> summaries)
    {
        IReadOnlyList<double> radii = summaries.Count > 0 ? [.. summaries[0].Cells.Select(cell => cell.Radius)] : [];
        return summaries.All(summary => summary.Cells.Select(cell => cell.Radius).SequenceEqual(radii))
            ? radii
            : throw new ArgumentException("The summaries have different radii.", nameof(summaries));
    }

    private static string Key(double radius) => string.Create(CultureInfo.InvariantCulture, $"certified{radius}");

    private static string Header(double radius) =>
        radius == 0 ? "clean" : string.Create(CultureInfo.InvariantCulture, $"\u2265{radius:0.00##}");
}
