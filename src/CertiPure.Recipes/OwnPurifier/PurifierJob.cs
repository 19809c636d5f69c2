using System.Globalization;
using System.Text.Json;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Training;

namespace CertiPure.Recipes.OwnPurifier;

/// <summary>What a purifier of one's own is to be trained with.</summary>
/// <param name="Data">The pictures to train on.</param>
/// <param name="Hours">The time for all stages together, above 0.</param>
/// <param name="Folder">Where weights, card and pictures go; a folder of a job that was stopped goes on.</param>
public sealed record PurifierJobRequest(IImageSource Data, double Hours, string Folder)
{
    /// <summary>The network's size, <c>small</c>, <c>medium</c> or <c>large</c>; null for the one that the hours allow.</summary>
    public string? Size { get; init; }

    /// <summary>The distance of fine-tuning; null for LPIPS where its weights are given, else features where a classifier with gradients is
    /// given, else l2.</summary>
    public FineTuningDistance? Distance { get; init; }

    /// <summary>The classifier that will follow, a name or path; null for none.</summary>
    public string? Classifier { get; init; }

    /// <summary>The weights of the LPIPS backbone (SqueezeNet 1.1), or null.</summary>
    public string? LpipsBackbonePath { get; init; }

    /// <summary>The heads of LPIPS, or null.</summary>
    public string? LpipsHeadsPath { get; init; }

    /// <summary>Whether pictures are mirrored at random: only where a mirrored picture means the same.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Where the purifier is trained.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Processor;

    /// <summary>Threads of one operation; null for those measured as fastest.</summary>
    public int? Threads { get; init; }
}

/// <summary>How far a job is.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Training">The stage's own progress.</param>
public sealed record PurifierJobProgress(string Stage, TrainingProgress Training);

/// <summary>What one stage did.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Steps">Its optimizer steps.</param>
/// <param name="Seconds">Its training time.</param>
/// <param name="HeldOutLosses">The losses on the images held out, in the order of their measurement.</param>
public sealed record StageResult(string Stage, long Steps, double Seconds, IReadOnlyList<double> HeldOutLosses);

/// <summary>
/// Trains a purifier for pictures of one's own within a given time: an EDM denoiser, Easy Consistency Tuning of it, and Consistency
/// Fine-tuning, each for a share of the time at the speed that is measured when it begins. Part of the pictures is held out, and the
/// weights that do best on them are kept.
/// </summary>
public sealed class PurifierJob
{
    /// <summary>Each stage with its share of the time, found on CIFAR-10's networks.</summary>
    private static readonly (string Training, string File, double Share)[] Stages =
        [("edm", "edm.safetensors", 0.6), ("consistency", "stages/consistency.safetensors", 0.25), ("fine-tuning", "consistency.safetensors", 0.15)];

    private const int FewestSteps = 20;
    private const int FewImages = 1000;
    private const int MostHeldOut = 100;
    private const string PlanName = "plan.json";

    private readonly PurifierJobRequest _request;
    private readonly string _size;
    private readonly int _heldOut;

    /// <summary>Checks the request; nothing is written yet.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="CertiPureException">A value is impossible, or there are too few pictures.</exception>
    public PurifierJob(PurifierJobRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!(request.Hours > 0) || !double.IsFinite(request.Hours))
        {
            throw new CertiPureException(
                string.Create(CultureInfo.InvariantCulture, $"A training cannot take {request.Hours} hours; give a number above 0."), ErrorReason.InvalidArgument);
        }

        if (request.Data.Count < 20)
        {
            throw new CertiPureException(
                $"{request.Data.Name} has {request.Data.Count} pictures, too few to learn from; give 20 or more, better thousands.", ErrorReason.InvalidArgument);
        }

        _request = request;
        _size = request.Size ?? request.Hours switch { < 1 => "small", < 12 => "medium", _ => "large" };
        _heldOut = Math.Clamp(request.Data.Count / 10, 2, MostHeldOut);
        Distance = request.Distance
            ?? (request.LpipsBackbonePath is not null && request.LpipsHeadsPath is not null ? FineTuningDistance.Lpips
                : request.Classifier is { } classifier && HasGradients(classifier) ? FineTuningDistance.Features
                : FineTuningDistance.L2);
        Warning = request.Data.Count < FewImages
            ? $"{request.Data.Name} has {request.Data.Count} pictures; below {FewImages:N0} a purifier learns them by heart rather than what pictures of "
                + "their kind look like."
            : null;
    }

    /// <summary>The network's size.</summary>
    public string Size => _size;

    /// <summary>The distance of fine-tuning.</summary>
    public FineTuningDistance Distance { get; }

    /// <summary>What should be known before; null for nothing.</summary>
    public string? Warning { get; }

    /// <summary>The ids of the pictures that are held out: evenly spread, as the training's option <c>heldOut</c> chooses them.</summary>
    public IReadOnlyList<int> HeldOut
    {
        get
        {
            int count = _request.Data.Count;
            return [.. Enumerable.Range(0, count).Where(id => (id + 1L) * _heldOut / count > (long)id * _heldOut / count)];
        }
    }

    /// <summary>What is done to the pictures in training, in words.</summary>
    public string Augmentation => _request.Flip ? "mirrored left and right at random" : "as they are";

    /// <summary>The presets train in bf16, which not every processor does quickly.</summary>
    private bool ComputesInFp32 => !_request.Device.HasFastBf16;

    /// <summary>Trains every stage that is not done yet.</summary>
    /// <param name="announce">Told in a sentence what begins.</param>
    /// <param name="progress">Told every so often.</param>
    /// <param name="cancellation">Stops at a checkpoint; the same job goes on from there.</param>
    /// <exception cref="CertiPureException">A training fails, or the folder is another job's.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<StageResult> Run(
        Action<string> announce, IProgress<PurifierJobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(announce);
        Directory.CreateDirectory(Path.Combine(_request.Folder, "stages"));
        if (ComputesInFp32)
        {
            announce("This processor computes bf16 slowly, so the networks are trained in fp32.");
        }

        var plan = JobPlan.Open(Path.Combine(_request.Folder, PlanName), Describe());
        foreach ((string training, string file, double share) in Stages)
        {
            cancellation.ThrowIfCancellationRequested();
            if (plan.Results.Any(result => result.Stage == training))
            {
                continue;
            }

            if (!plan.Steps.TryGetValue(training, out long steps))
            {
                double seconds = SecondsPerStep(training);
                steps = Math.Max(FewestSteps, (long)(share * _request.Hours * 3600 / seconds));
                plan = plan.With(training, steps);
            }

            announce(string.Create(CultureInfo.InvariantCulture, $"{training}: {steps:N0} steps, about {share * _request.Hours * 60:N0} minutes"));
            plan = plan.With(Train(training, file, steps, progress, cancellation));
        }

        return plan.Results;
    }

    /// <summary>Whether gradients flow through a classifier: through all but ONNX files.</summary>
    private static bool HasGradients(string classifier) => !OnnxInspection.IsOnnx(
        ClassifierDescription.IsDescription(classifier) ? ClassifierDescription.Read(classifier).ModelPath(classifier) : classifier);

    private StageResult Train(
        string training, string file, long steps, IProgress<PurifierJobProgress>? progress, CancellationToken cancellation)
    {
        string state = Path.Combine(_request.Folder, "stages", training);
        bool isStarted = File.Exists(Path.Combine(state, "state.safetensors"));
        var lines = new StageLines(training, progress);
        using var session = new TrainingSession(Request(training, Path.Combine(_request.Folder, file), state, steps) with
        {
            Resume = isStarted,
            Overwrite = !isStarted,
        });
        session.Run(lines, cancellation);
        return new StageResult(training, steps, lines.Seconds, lines.HeldOutLosses);
    }

    private double SecondsPerStep(string training)
    {
        string scratch = Path.Combine(_request.Folder, "stages", training + "-speed");
        using var session = new TrainingSession(Request(training, scratch, scratch, 1000));
        return session.Estimate().Hours * 3600 / 1000;
    }

    private TrainingRequest Request(string training, string output, string state, long steps)
    {
        string[] changes =
        [
            .. ComputesInFp32 ? ["trainer.precision=fp32"] : (string[])[],
            string.Create(CultureInfo.InvariantCulture, $"trainer.steps={steps}"),
            string.Create(CultureInfo.InvariantCulture, $"trainer.warmupSteps={Math.Min(500, steps / 10)}"),
            string.Create(CultureInfo.InvariantCulture, $"trainer.logSteps={Math.Clamp(steps / 200, 1, 50)}"),
            string.Create(CultureInfo.InvariantCulture, $"trainer.heldOut={_heldOut}"),
            // An average over a thousand steps of two hundred would still be the fresh weights.
            string.Create(CultureInfo.InvariantCulture, $"trainer.emaDecays=[{1 - (1.0 / Math.Clamp(steps / 8.0, 2, 2000))}]"),
            $"trainer.augmentation.flip={(_request.Flip ? "true" : "false")}",
        ];
        return new TrainingRequest
        {
            Training = training,
            Preset = _size,
            Data = _request.Data,
            OutputPath = output,
            StateFolder = state,
            Device = _request.Device,
            Threads = _request.Threads,
            Changes = training == "fine-tuning"
                ? [.. changes, $"distance={JsonNamingPolicy.CamelCase.ConvertName(Distance.ToString())}"]
                : changes,
            StartPath = training switch
            {
                "consistency" => Path.Combine(_request.Folder, Stages[0].File),
                "fine-tuning" => Path.Combine(_request.Folder, Stages[1].File),
                _ => null,
            },
            ClassifierPath = training == "fine-tuning" && Distance == FineTuningDistance.Features ? _request.Classifier : null,
            LpipsBackbonePath = training == "fine-tuning" && Distance == FineTuningDistance.Lpips ? _request.LpipsBackbonePath : null,
            LpipsHeadsPath = training == "fine-tuning" && Distance == FineTuningDistance.Lpips ? _request.LpipsHeadsPath : null,
        };
    }

    private string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_request.Data.PixelSha256} {_size} {Distance} {_request.Hours} {(_request.Flip ? "flip" : "no flip")}");

    /// <summary>Passes a stage's progress on, and keeps what it says of the images held out.</summary>
    private sealed class StageLines(string stage, IProgress<PurifierJobProgress>? progress) : IProgress<TrainingProgress>
    {
        public List<double> HeldOutLosses { get; } = [];

        public double Seconds { get; private set; }

        public void Report(TrainingProgress value)
        {
            Seconds = value.Seconds;
            if (value.HeldOutLoss is { } loss)
            {
                HeldOutLosses.Add(loss);
            }

            progress?.Report(new PurifierJobProgress(stage, value));
        }
    }
}
