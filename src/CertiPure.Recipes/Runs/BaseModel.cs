using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Runs;

/// <summary>A base classifier with everything that a manifest says of it. Disposing it frees its networks.</summary>
/// <param name="BaseClassifier">Noisy images in, labels out.</param>
/// <param name="PurifierNetwork">The purifier alone; null for none.</param>
/// <param name="ClassifierNetwork">The classifier alone.</param>
/// <param name="Purifier">How it purifies.</param>
/// <param name="Classifier">The classifier behind the purifier.</param>
/// <param name="Precision">The networks' arithmetic.</param>
/// <param name="Weights">SHA-256 of each weight file, by its role.</param>
/// <param name="Workers">How many threads call it at once, and how many one operation takes.</param>
/// <param name="InstructionSet">What the networks' library uses of the processor, or null where it does not say.</param>
/// <param name="Parts">What is disposed with it.</param>
public sealed record BaseModel(
    IBaseClassifier BaseClassifier,
    IPurifier? PurifierNetwork,
    IClassifier ClassifierNetwork,
    PurifierIdentity Purifier,
    ClassifierIdentity Classifier,
    Precision Precision,
    IReadOnlyDictionary<string, string> Weights,
    WorkerPlan Workers,
    string? InstructionSet,
    params IReadOnlyList<IDisposable> Parts) : IDisposable
{
    /// <summary>The images at which <see cref="Check"/> looks closely, at most.</summary>
    private const int CheckedImages = 100;

    /// <summary>What runs the base classifier.</summary>
    public EngineIdentity Engine { get; init; } = EngineIdentity.Torch;

    /// <summary>The routing between this model, smoothed, and a plain one; null without it.</summary>
    public RoutingIdentity? Routing { get; init; }

    /// <summary>The names of the classifier's classes, as many as there are; empty where they are unknown.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Gives images the classifier's labels: a set of fewer classes is matched by their names.</summary>
    /// <param name="images">The images.</param>
    /// <exception cref="CertiPureException">The set's classes cannot be found among the classifier's.</exception>
    public IImageSource Match(IImageSource images) => ClassMatching.Match(images, Classifier.ClassCount, ClassNames);

    /// <summary>Refuses images that the model was not made for.</summary>
    /// <param name="images">The images.</param>
    /// <exception cref="CertiPureException">Their shape or their number of classes is another.</exception>
    public void Refuse(IImageSource images) => CertificationChecks.Fit(images, [], BaseClassifier.Shape, Classifier.ClassCount);

    /// <summary>Asks the classifier about images without noise, spread over all of them.</summary>
    /// <param name="images">The images.</param>
    /// <returns>What it got right; null where the images have no labels.</returns>
    /// <exception cref="CertiPureException">A score is not a finite number.</exception>
    public CleanImageCheck? CheckClean(IImageSource images) =>
        NetworkThread.Run(() => CleanImageCheck.Of(images, ClassifierNetwork, BaseClassifier.BatchSize));

    /// <summary>Makes every check of <see cref="CertificationChecks"/> before images are certified; the pixels are looked at on up to 100
    /// of them, and the classifier's answers to images without noise on up to 100 of all.</summary>
    /// <param name="images">The images.</param>
    /// <param name="ids">The ids of those to certify.</param>
    /// <returns>What the classifier got right without noise; null where the images have no labels.</returns>
    /// <exception cref="CertiPureException">A certification would be meaningless.</exception>
    public CleanImageCheck? Check(IImageSource images, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        CertificationChecks.Fit(images, ids, BaseClassifier.Shape, Classifier.ClassCount);
        int step = Math.Max(1, ids.Count / CheckedImages);
        int[] spread = [.. ids.Where((_, position) => position % step == 0).Take(CheckedImages)];
        CertificationChecks.PixelRange(images, spread);
        CleanImageCheck? clean = CheckClean(images);
        clean?.RefuseGuessing();
        return clean;
    }

    /// <summary>Refuses to be taken for a run of other weights.</summary>
    /// <param name="experiment">The run's experiment.</param>
    /// <exception cref="CertiPureException">A weight file has another hash.</exception>
    public void RefuseOtherWeights(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        foreach ((string role, string hash) in experiment.Weights)
        {
            if (Weights.GetValueOrDefault(role) is var found && found != hash)
            {
                throw new CertiPureException(
                    $"The {role} here has SHA-256 {found ?? "(none)"}, but the run used {hash}; name the same file.",
                    ErrorReason.Refused);
            }
        }

        // In fp32 the graph is a way to compute the weights above; in int8 it is the function that was certified.
        if (Precision == Precision.Int8 && experiment.Engine.GraphSha256 != Engine.GraphSha256)
        {
            throw new CertiPureException(
                $"The int8 graph here has SHA-256 {Engine.GraphSha256}, but the run used {experiment.Engine.GraphSha256}: it was calibrated by "
                + "other images, or made by another version or for another processor.",
                ErrorReason.Refused);
        }
    }

    /// <summary>Everything that determines a run's result.</summary>
    /// <param name="images">The images.</param>
    /// <param name="ids">The ids of those to certify, ascending.</param>
    /// <param name="plan">How many draws, when looked at.</param>
    /// <param name="seed">The noise's seed.</param>
    /// <param name="noise">The noise's kind.</param>
    public Experiment Describe(
        IImageSource images,
        IReadOnlyList<int> ids,
        SamplingPlan plan,
        ulong seed,
        NoiseKind noise)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new Experiment
        {
            Data = DataIdentity.Of(images),
            Images = ids,
            Sigma = BaseClassifier.Sigma,
            N0 = plan.SelectionDraws,
            N = plan.EstimationDraws,
            Alpha = plan.Alpha,
            Bound = plan.Bound,
            Plan = PlanIdentity.Of(plan),
            Radii = plan.Radii,
            Seed = seed,
            Noise = noise,
            Purifier = Purifier,
            Classifier = Classifier,
            Routing = Routing,
            Engine = Engine,
            Precision = Choice.Word(Precision),
            Batch = BaseClassifier.BatchSize,
            Weights = Weights,
        };
    }

    /// <summary>Opens the queue through which everything that wants votes of this model calls its networks.</summary>
    /// <returns>The queue; the caller disposes it before the model.</returns>
    public DrawQueue OpenQueue() => new(BaseClassifier, Workers.ToDrawWorkers());

    /// <summary>The manifest of a run that begins now.</summary>
    /// <param name="experiment">What is certified and how.</param>
    /// <param name="shard">The part of it.</param>
    /// <param name="images">The images.</param>
    /// <param name="device">The networks' device.</param>
    /// <param name="seedChosenBy">Who chose the seed.</param>
    /// <param name="clean">What the classifier got right without noise; null where no labels allow it.</param>
    public RunManifest Begin(
        Experiment experiment, Shard shard, IImageSource images, ComputeDevice device, SeedChoice seedChosenBy, CleanImages? clean)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new RunManifest(RunManifest.CurrentFormatVersion, experiment, shard, [Environment(device)])
        {
            SeedChosenBy = seedChosenBy,
            CleanImages = clean,
            ClassNames = images.ClassNames.Count > 0 ? images.ClassNames : null,
        };
    }

    /// <summary>This process on this machine, for a manifest.</summary>
    /// <param name="device">The networks' device.</param>
    public RunEnvironment Environment(ComputeDevice device) =>
        RunEnvironment.Detect(device.ToString(), Workers.Threads, InstructionSet) with { Workers = Workers.Workers };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable part in Parts)
        {
            part.Dispose();
        }
    }
}
