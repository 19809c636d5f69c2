using System.Globalization;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The paper's tables as a list of runs, the whole experiment as data.</summary>
public sealed class ReproductionMatrix
{
    /// <summary>ACES's threshold of the core's entropy, whose largest value is 1.</summary>
    internal const double EntropyThreshold = 0.3;

    /// <summary>The key of <see cref="Main"/>.</summary>
    internal const string MainKey = "main";

    /// <summary>The key of <see cref="Classifiers"/>.</summary>
    internal const string ClassifiersKey = "classifiers";

    private readonly ReproductionScale _scale;

    /// <summary>Lays out the matrix.</summary>
    /// <param name="scale">How much is computed.</param>
    /// <param name="data">The data set's name, which decides which published classifiers can take part.</param>
    /// <param name="classifiers">Paths of further classifiers for the comparison of classifiers.</param>
    /// <exception cref="CertiPureException">Two of the further classifiers' files have one name.</exception>
    public ReproductionMatrix(ReproductionScale scale, string data, IReadOnlyList<string>? classifiers = null)
    {
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(data);
        _scale = scale;
        Main = MakeMain();
        WithoutDiffusion = MakeWithoutDiffusion();
        Losses = MakeLosses();
        Classifiers = MakeClassifiers(data, classifiers ?? []);
        FineTuning = MakeFineTuning();
    }

    /// <summary>All methods.</summary>
    public MatrixTable Main { get; }

    /// <summary>Against smoothed classifiers without a purifier.</summary>
    public MatrixTable WithoutDiffusion { get; }

    /// <summary>The loss of Consistency Fine-tuning.</summary>
    public MatrixTable Losses { get; }

    /// <summary>One purifier before several classifiers.</summary>
    public MatrixTable Classifiers { get; }

    /// <summary>Fine-tuning the purifier, the classifier, or both.</summary>
    public MatrixTable FineTuning { get; }

    /// <summary>The tables, in the order of the report.</summary>
    public IReadOnlyList<MatrixTable> Tables => [Main, WithoutDiffusion, Losses, Classifiers, FineTuning];

    /// <summary>Every run once, in the order of the tables.</summary>
    public IReadOnlyList<PlannedRun> Runs => [.. Tables.SelectMany(table => table.Rows).SelectMany(row => row.Runs).DistinctBy(run => run.Key)];

    /// <summary>The methods whose transport is measured: name, method, role of the weights.</summary>
    public IReadOnlyList<(string Name, string Purifier, string Weights)> Transports { get; } =
    [
        ("onestep-DDPM", "ddpm", "ddpm"),
        ("onestep-EDM", "edm", "edm"),
        ("Consistency Purification", "consistency", "consistency"),
        ("+ Consistency Fine-tuning", "consistency", "consistency-lpips"),
    ];

    private MatrixTable MakeMain() => new(
        MainKey,
        "Certified accuracy of all methods",
        "Consistency Purification certifies more than one-step diffusion denoisers at the same cost, as much as PF-ODE at a fraction of "
            + "its cost, and more again after Consistency Fine-tuning.",
        [
            Row("no purifier", "none", null),
            Row("onestep-DDPM", "ddpm", "ddpm"),
            Row("onestep-EDM", "edm", "edm"),
            new MatrixRow(
                "PF-ODE EDM",
                [.. _scale.Sigmas.Select(sigma => Run("pf-ode", "edm", "classifier", sigma) with
                {
                    Images = _scale.OdeImages,
                    EstimationDraws = _scale.OdeDraws,
                })],
                _scale.OdeDraws == _scale.EstimationDraws ? "" : string.Create(
                    CultureInfo.InvariantCulture,
                    $"images {_scale.OdeImages}, n = {_scale.OdeDraws}: no radius above {Ceiling(_scale.OdeDraws):0.00} sigma is within "
                    + $"reach")),
            Row("Diffusion Calibration", "calibrated", "calibrated", remark: "this project's reading of the method"),
            Row("Consistency Purification", "consistency", "consistency"),
            Row("+ Consistency Fine-tuning", "consistency", "consistency-lpips"),
        ]);

    private MatrixTable MakeWithoutDiffusion() => new(
        "without-diffusion",
        "Against smoothed classifiers without a purifier",
        "Purification before an off-the-shelf classifier certifies as much as classifiers that are trained for one noise level.",
        [
            SmoothedRow("Randomized Smoothing", "gaussian"),
            SmoothedRow("Consistency Regularization", "consistency"),
            new MatrixRow(
                "ACES",
                [
                    .. _scale.Sigmas.Select(sigma => Run("none", null, Smoothed("gaussian", sigma), sigma) with
                    {
                        Key = string.Create(CultureInfo.InvariantCulture, $"aces-{sigma}"),
                        Core = "classifier",
                    }),
                ],
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the off-the-shelf classifier beside the first row\u2019s, smoothed where the former\u2019s entropy is at most {EntropyThreshold}")),
            Row("+ Consistency Fine-tuning", "consistency", "consistency-lpips"),
        ]);

    private MatrixTable MakeLosses() => new(
        "losses",
        "The loss of Consistency Fine-tuning",
        "Fine-tuning under LPIPS certifies more than under l1, l2, or none.",
        [
            Row("none", "consistency", "consistency"),
            Row("l1", "consistency", "consistency-l1"),
            Row("l2", "consistency", "consistency-l2"),
            Row("LPIPS", "consistency", "consistency-lpips"),
        ]);

    private MatrixTable MakeClassifiers(string data, IReadOnlyList<string> given)
    {
        if (given.DistinctBy(path => Path.GetFileName(path)).Count() < given.Count)
        {
            throw new CertiPureException("Two of the classifiers' files have one name; rename one of them.", ErrorReason.InvalidArgument);
        }

        List<MatrixRow> rows = [ClassifierRow("the bundled classifier", "classifier")];
        foreach (int depth in (int[])[20, 56])
        {
            rows.Add(data == "cifar10"
                ? ClassifierRow($"ResNet-{depth} (published)", $"resnet{depth}-cifar10")
                : new MatrixRow(
                    $"ResNet-{depth} (published)", [], Absence: "is a classifier of CIFAR-10: " + ReproductionCommands.Get("cifar10")));
        }

        rows.AddRange(given.Select(path => ClassifierRow(Path.GetFileName(path), path)));
        if (!given.Any(OnnxInspection.IsOnnx))
        {
            rows.Add(new MatrixRow("an ONNX file", [], Absence: "needs a classifier in ONNX: " + ReproductionCommands.AddOnnxClassifier));
        }

        return new MatrixTable(
            ClassifiersKey,
            "One purifier before several classifiers",
            "The purifier serves classifiers of any kind without knowing them.",
            rows);
    }

    /// <summary>A classifier behind the fine-tuned purifier; all of one noise level share each purified batch.</summary>
    private MatrixRow ClassifierRow(string name, string role) => new(
        name,
        [
            .. _scale.ClassifierSigmas.Select(sigma => Run("consistency", "consistency-lpips", role, sigma) with
            {
                Key = string.Create(CultureInfo.InvariantCulture, $"{ClassifiersKey}-{Path.GetFileName(role)}-{sigma}"),
                Group = string.Create(CultureInfo.InvariantCulture, $"{ClassifiersKey}-{sigma}"),
            }),
        ]);

    private MatrixTable MakeFineTuning() => new(
        "fine-tuning",
        "Fine-tuning the purifier (DM-FT), the classifier (CLS-FT), or both",
        "Each helps, and both together most.",
        [
            Row("neither", "consistency", "consistency"),
            Row("DM-FT", "consistency", "consistency-lpips"),
            Row(
                "CLS-FT",
                "consistency",
                "consistency",
                "classifier-finetuned",
                "a classifier that was fine-tuned behind the other purifier, that of the next row"),
            Row("DM-FT and CLS-FT", "consistency", "consistency-lpips", "classifier-finetuned"),
            Row("both, trained jointly", "consistency", "joint-purifier", "joint-classifier"),
        ]);

    private MatrixRow Row(
        string name, string purifier, string? weights, string classifier = "classifier", string remark = "") =>
        new(name, [.. _scale.Sigmas.Select(sigma => Run(purifier, weights, classifier, sigma))], remark);

    private MatrixRow SmoothedRow(string name, string training) => new(
        name,
        [
            .. _scale.Sigmas.Select(sigma => Run("none", null, Smoothed(training, sigma), sigma)),
        ],
        "one network per noise level, trained on its noise");

    private static string Smoothed(string training, double sigma) =>
        string.Create(CultureInfo.InvariantCulture, $"smoothed-{training}-{sigma}");

    private PlannedRun Run(string purifier, string? weights, string classifier, double sigma) => new(
        NameRun(purifier, weights, classifier, sigma),
        purifier,
        weights,
        classifier,
        sigma,
        _scale.Images,
        _scale.SelectionDraws,
        _scale.EstimationDraws);

    private static string NameRun(string purifier, string? weights, string classifier, double sigma)
    {
        string name = purifier == "pf-ode" ? purifier : weights ?? purifier;
        return classifier == "classifier"
            ? string.Create(CultureInfo.InvariantCulture, $"{name}-{sigma}")
            // A smoothed classifier's role names its sigma already.
            : weights is null ? classifier : string.Create(CultureInfo.InvariantCulture, $"{name}-{classifier}-{sigma}");
    }

    /// <summary>The largest radius in units of sigma that n draws can certify at alpha .001.</summary>
    private static double Ceiling(int draws) =>
        Smoothing.BinomialBound.Radius(Smoothing.BinomialBound.Lower(draws, draws, ReproductionOptions.Alpha), 1);
}

/// <summary>A table of the paper as runs.</summary>
/// <param name="Key">A short name for files.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Claim">What the paper claims by it.</param>
/// <param name="Rows">Its rows.</param>
public sealed record MatrixTable(string Key, string Title, string Claim, IReadOnlyList<MatrixRow> Rows);

/// <summary>A row of one of the matrix's tables.</summary>
/// <param name="Name">The method, as tables and plots call it.</param>
/// <param name="Runs">Its runs, one per noise level.</param>
/// <param name="Remark">What a reader must know of it; empty for nothing.</param>
/// <param name="Absence">Why it cannot be run even with all weights at hand; null where it can.</param>
public sealed record MatrixRow(string Name, IReadOnlyList<PlannedRun> Runs, string Remark = "", string? Absence = null);

/// <summary>One run of the matrix: a purifier before a classifier at one noise level, on some images.</summary>
/// <param name="Key">Its folder below <c>runs</c>.</param>
/// <param name="Purifier">The purifier's method: <c>none</c>, <c>edm</c>, ...</param>
/// <param name="PurifierWeights">The role of its weights (<c>edm</c>, <c>consistency-lpips</c>, ...); null for none.</param>
/// <param name="Classifier">The role of the classifier's weights.</param>
/// <param name="Sigma">The noise level in pixel space.</param>
/// <param name="Images">The images.</param>
/// <param name="SelectionDraws">n0.</param>
/// <param name="EstimationDraws">n.</param>
/// <param name="Core">Under certified routing (ACES) the role of the plain classifier's weights; null without it.</param>
/// <param name="Group">Runs of one group share each purified batch; null for a run of its own.</param>
public sealed record PlannedRun(
    string Key,
    string Purifier,
    string? PurifierWeights,
    string Classifier,
    double Sigma,
    ImageSelection Images,
    int SelectionDraws,
    int EstimationDraws,
    string? Core = null,
    string? Group = null)
{
    /// <summary>How many draws, when looked at: as papers do it.</summary>
    public SamplingPlan Plan => Core is null
        ? new FixedPlan(SelectionDraws, EstimationDraws, ReproductionOptions.Alpha)
        : new RoutedPlan(SelectionDraws, EstimationDraws, ReproductionOptions.Alpha);

    /// <summary>The roles of the weights that it takes.</summary>
    public IReadOnlyList<string> Weights => [.. new[] { PurifierWeights, Classifier, Core }.OfType<string>()];
}
