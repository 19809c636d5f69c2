using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>Loads the networks of planned runs, and says which files they take.</summary>
internal sealed class ReproductionModels
{
    private readonly ReproductionOptions _options;
    private readonly ImageShape _shape;
    private readonly Dictionary<string, string> _hashes = [];

    public ReproductionModels(ReproductionOptions options, ImageShape shape)
    {
        _options = options;
        _shape = shape;
    }

    public Precision Precision => _options.Precision;

    /// <summary>Why a run cannot be made, or null where it can.</summary>
    public string? Missing(PlannedRun run)
    {
        string[] missing = [.. run.Weights.Where(role => _options.Weights.Find(role) is null).Distinct()];
        return missing.Length == 0 ? null : string.Join("; ", missing.Select(_options.Weights.Advice));
    }

    /// <summary>Whether weights are here.</summary>
    public bool Has(string role) => _options.Weights.Find(role) is not null;

    /// <summary>Whether weights can be loaded at once, without converting a published file.</summary>
    public bool IsReady(string role) => _options.Weights.IsReady(role);

    public BaseModel Load(PlannedRun run) => ModelCatalog.Load(
        Request(run) with { Workers = _options.Workers, Threads = _options.Threads });

    public TorchPurifier LoadPurifier(string method, string role, double sigma) =>
        ModelCatalog.LoadPurifier(Request("", new PurifierChoice(method, _options.Weights.Prepare(role)), sigma))!;

    public IClassifier LoadClassifier(string role) =>
        // A request has a noise level, for which a classifier alone has no use.
        ModelCatalog.LoadClassifier(Request(_options.Weights.Prepare(role), PurifierChoice.None, sigma: 1));

    /// <summary>A purifier in words that name all its result depends on.</summary>
    public string Describe(string method, string role) =>
        $"purified by {method} ({Choice.Word(_options.Scale.Level)}, {Choice.Word(Precision)}, weights {Hash(role)[..12]})";

    /// <summary>SHA-256 of a run's weight files, as its manifest has them.</summary>
    public IReadOnlyDictionary<string, string> Hashes(PlannedRun run)
    {
        var hashes = new Dictionary<string, string> { ["classifier"] = Hash(run.Classifier) };
        if (run.PurifierWeights is { } role)
        {
            hashes["purifier"] = Hash(role);
        }

        if (run.Core is { } core)
        {
            hashes["core"] = Hash(core);
        }

        return hashes;
    }

    /// <summary>Whether an experiment is the planned one, told without loading a network.</summary>
    public bool IsOf(Experiment experiment, PlannedRun run, IImageSource images)
    {
        SamplingPlan plan = run.Plan;
        // What follows from the weights alone (the classes, the calls of a network, names) is taken as it is.
        Experiment planned = experiment with
        {
            Data = experiment.Data with { Shape = images.Shape, PixelSha256 = images.PixelSha256 },
            Images = run.Images.Resolve(images.Count),
            Sigma = run.Sigma,
            N0 = plan.SelectionDraws,
            N = plan.EstimationDraws,
            Alpha = plan.Alpha,
            Bound = plan.Bound,
            Plan = PlanIdentity.Of(plan),
            Radii = plan.Radii,
            Seed = _options.Seed,
            Noise = NoiseKind.Normal,
            Purifier = experiment.Purifier with
            {
                Method = run.Purifier,
                Level = run.PurifierWeights is null ? null : Choice.Word(_options.Scale.Level),
            },
            Routing = run.Core is null
                ? null
                : RoutingIdentity.ByEntropy(experiment.Routing?.Core ?? "", ReproductionMatrix.EntropyThreshold),
            Engine = EngineIdentity.Torch,
            Precision = Choice.Word(Precision),
            Batch = Request(run).BatchSize,
            Weights = Hashes(run),
        };
        return planned.DifferencesFrom(experiment).Count == 0;
    }

    private ModelRequest Request(PlannedRun run) => Request(
        _options.Weights.Prepare(run.Classifier),
        run.PurifierWeights is { } role ? new PurifierChoice(run.Purifier, _options.Weights.Prepare(role)) : PurifierChoice.None,
        run.Sigma) with
    {
        Core = run.Core is { } core ? _options.Weights.Prepare(core) : null,
        EntropyThreshold = ReproductionMatrix.EntropyThreshold,
    };

    private ModelRequest Request(string classifier, PurifierChoice purifier, double sigma) => new(classifier, purifier, sigma, _shape)
    {
        Level = _options.Scale.Level,
        Precision = Precision,
        Device = _options.Device,
    };

    private string Hash(string role)
    {
        string path = _options.Weights.Prepare(role);
        if (!_hashes.TryGetValue(path, out string? hash))
        {
            hash = FileHash.Of(path);
            _hashes.Add(path, hash);
        }

        return hash;
    }
}
