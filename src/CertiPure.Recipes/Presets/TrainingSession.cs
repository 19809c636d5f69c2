using System.Diagnostics;
using System.Text.Json;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using TorchSharp;

namespace CertiPure.Recipes.Presets;

/// <summary>One training of a preset, from request to weights.</summary>
public sealed class TrainingSession : IDisposable
{
    private const int TimedSteps = 5;
    private const int FewImages = 2;
    private const double LongestTimedStep = 4;
    private const double LongestEstimatedStep = 240;
    private static readonly JsonSerializerOptions DescriptionFormat = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly Dictionary<string, Func<TrainingPreset, IEnumerable<string>, TrainingRecipe>> Readers = new()
    {
        ["classifier"] = (preset, changes) => preset.Recipe<ClassifierRecipe>("classifier", changes),
        ["smoothed-classifier"] = (preset, changes) => preset.Recipe<SmoothedClassifierRecipe>("smoothed-classifier", changes),
        ["selector"] = (preset, changes) => preset.Recipe<SelectorRecipe>("selector", changes),
        ["ddpm"] = (preset, changes) => preset.Recipe<DdpmRecipe>("ddpm", changes),
        ["edm"] = (preset, changes) => preset.Recipe<EdmRecipe>("edm", changes),
        ["consistency"] = (preset, changes) => preset.Recipe<ConsistencyRecipe>("consistency", changes),
        ["fine-tuning"] = (preset, changes) => preset.Recipe<FineTuningRecipe>("fine-tuning", changes),
        ["classifier-fine-tuning"] =
            (preset, changes) => preset.Recipe<ClassifierFineTuningRecipe>("classifier-fine-tuning", changes),
        ["joint"] = (preset, changes) => preset.Recipe<JointRecipe>("joint", changes),
        ["calibration"] = (preset, changes) => preset.Recipe<CalibrationRecipe>("calibration", changes),
    };

    private readonly TrainingRequest _request;
    private readonly torch.Device _device;
    private readonly int? _threads;
    private readonly TrainingRecipe _recipe;
    private readonly TrainingData _data;
    private readonly TrainingData? _heldOut;
    private readonly PreparedTraining _prepared;
    private readonly IReadOnlyList<(TrainedPart Part, string Path)> _outputs;
    private readonly Trainer _trainer;
    private readonly TrainingRun _run;

    /// <summary>Reads the preset and the data and builds the network; nothing is written yet.</summary>
    /// <exception cref="CertiPureException">Something of the request is missing or wrong.</exception>
    public TrainingSession(TrainingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _device = request.Device.Open();
        _threads = request.Threads ?? OpenMpSettings.RequestedThreads;
        UseThreads();
        _request = request;
        var preset = TrainingPreset.Load(request.Preset);
        IReadOnlyList<string> fitting = preset.FitsAnyShape(request.Training) ? ShapedNetwork.Changes(request.Data.Shape) : [];
        _recipe = ReadRecipe(preset, request.Training, [.. fitting, .. request.Changes]);
        if (_recipe.Trainer.Precision == TrainingPrecision.Bf16 && !request.Device.HasFastBf16)
        {
            request.Announce?.Invoke(
                "This processor computes bf16, which the preset asks for, many times as slowly as fp32; trainer.precision=fp32 changes that.");
        }

        (_data, _heldOut) = Divide(request.Data, _recipe.Trainer.HeldOut);
        _prepared = _recipe.Prepare(new TrainingInputs(_data)
        {
            StartPath = request.StartPath,
            PurifierPath = request.PurifierPath,
            ClassifierPath = request.ClassifierPath,
            LpipsBackbonePath = request.LpipsBackbonePath,
            LpipsHeadsPath = request.LpipsHeadsPath,
        });
        _prepared.MoveTo(_device);
        _outputs = Outputs(request, _prepared.Parts);
        _run = new TrainingRun(request.StateFolder ?? request.OutputPath + ".training", Describe(), _prepared.Parts);
        _trainer = new Trainer(_prepared.Network, _prepared.Loss, _data, _recipe.Trainer, _run, _heldOut)
        {
            Threads = _threads is null ? new TrainingThreads { Announce = request.Announce } : null,
        };
    }

    /// <summary>The trainings that a preset may have.</summary>
    public static IReadOnlyList<string> Trainings => [.. Readers.Keys];

    /// <summary>Reads one training of a preset.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="training">One of <see cref="Trainings"/>.</param>
    /// <param name="changes">Changes <c>key=value</c>.</param>
    /// <exception cref="CertiPureException">There is no such training, or an option of it is wrong.</exception>
    public static TrainingRecipe ReadRecipe(TrainingPreset preset, string training, IEnumerable<string> changes) =>
        Readers.TryGetValue(training, out Func<TrainingPreset, IEnumerable<string>, TrainingRecipe>? read)
            ? read(preset, changes)
            : throw new CertiPureException(
                $"There is no training '{training}': choose one of {string.Join(", ", Trainings)}.", ErrorReason.InvalidArgument);

    /// <summary>Times a few real steps, or a few images where a step would take long, without writing anything. The session cannot be
    /// run afterwards.</summary>
    /// <exception cref="CertiPureException">libtorch refuses a step.</exception>
    public TrainingEstimate Estimate() => Computing(MeasureSteps);

    private TrainingEstimate MeasureSteps()
    {
        TrainerOptions options = _recipe.Trainer;
        int images = options.BatchSize * options.Accumulation, few = Math.Min(FewImages, options.BatchSize);
        // The first images find nothing prepared; a few of them cost more each than a whole batch, so their time is an upper limit.
        _trainer.Rehearse(few);
        double secondsPerStep = Seconds(() => _trainer.Rehearse(few)) * images / few;
        if (secondsPerStep < LongestEstimatedStep)
        {
            _trainer.Step();
            secondsPerStep = Seconds(() => _trainer.Step());
        }

        if (secondsPerStep < LongestTimedStep)
        {
            secondsPerStep = Seconds(() =>
            {
                for (int i = 0; i < TimedSteps; i++)
                {
                    _trainer.Step();
                }
            }) / TimedSteps;
        }

        return new TrainingEstimate(
            JsonSerializer.Deserialize<JsonElement>(TrainingPreset.Write(_recipe)),
            _trainer.ParameterCount,
            _data.Count,
            images / secondsPerStep,
            secondsPerStep * options.Steps / 3600);
    }

    private static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Trains to the end and writes the weights.</summary>
    /// <param name="progress">Told every so often.</param>
    /// <param name="cancellation">Stops at a checkpoint.</param>
    /// <exception cref="CertiPureException">The output exists, a stopped run is in the way, or training failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the run can be resumed.</exception>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (!_request.Overwrite && _outputs.FirstOrDefault(output => File.Exists(output.Path)).Path is string existing)
        {
            throw new CertiPureException(
                $"The output '{existing}' exists: choose another name.", ErrorReason.OutputExists);
        }

        if (_request.Resume)
        {
            if (!_trainer.TryResume())
            {
                throw new CertiPureException(
                    $"There is no training to resume in '{_run.Folder}'.", ErrorReason.TrainingMissing);
            }
        }
        else if (File.Exists(_run.StatePath) && !_request.Overwrite)
        {
            throw new CertiPureException(
                $"A training was started in '{_run.Folder}'.", ErrorReason.TrainingExists);
        }

        SampleGrid? grid = _prepared.Purifier is null ? null : new SampleGrid(_prepared.Purifier, _data, _device, _run.Folder);
        Computing(() =>
        {
            _trainer.Train(progress, grid is null ? null : grid.Write, cancellation);
            return true;
        });
        foreach ((TrainedPart part, string path) in _outputs)
        {
            using Checkpoint result = _heldOut is null ? _trainer.Result(part) : SafeTensors.Read(_run.BestWeightsPath(part));
            SafeTensors.Write(path, result, ElementType.Float16);
        }
    }

    /// <summary>The images to train on and those held out, evenly spread.</summary>
    private static (TrainingData Data, TrainingData? HeldOut) Divide(IImageSource source, int heldOut)
    {
        if (heldOut == 0)
        {
            return (TrainingData.Load(source), null);
        }

        if (heldOut >= source.Count)
        {
            throw new CertiPureException(
                $"The training option 'heldOut' is {heldOut}, and {source.Name} has {source.Count} images: none would be left to train on.",
                ErrorReason.InvalidArgument);
        }

        ILookup<bool, int> ids = Enumerable.Range(0, source.Count)
            .ToLookup(id => (id + 1L) * heldOut / source.Count > (long)id * heldOut / source.Count);
        return (TrainingData.Load(source, [.. ids[false]]), TrainingData.Load(source, [.. ids[true]]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _prepared.Dispose();
        _data.Dispose();
        _heldOut?.Dispose();
    }

    /// <summary>No stack trace of libtorch reaches the user: the commonest refusal of a network that has worked on one image is
    /// that memory does not suffice for a batch.</summary>
    private T Computing<T>(Func<T> compute)
    {
        try
        {
            UseThreads();
            return compute();
        }
        catch (System.Runtime.InteropServices.ExternalException error)
        {
            throw new CertiPureException(
                $"libtorch refused a training step ({NativeError.Reason(error)}): lower trainer.batchSize, or change the network or the "
                + "loss.",
                error,
                ErrorReason.TrainingFailed);
        }
    }

    /// <summary>OpenMP keeps the number for each thread that calls it.</summary>
    private void UseThreads()
    {
        if (_threads is { } threads)
        {
            LibTorch.Threads = threads;
        }
    }

    private static IReadOnlyList<(TrainedPart Part, string Path)> Outputs(TrainingRequest request, IReadOnlyList<TrainedPart> parts) =>
        (parts, request.ClassifierOutputPath) switch
        {
            ([var whole], null) => [(whole, request.OutputPath)],
            ([var purifier, var classifier], string path) => [(purifier, request.OutputPath), (classifier, path)],
            ([_], _) => throw new CertiPureException(
                "This training has one result, and two files are given; the second is for joint fine-tuning.", ErrorReason.InvalidArgument),
            _ => throw new CertiPureException(
                "Joint fine-tuning has two results, the purifier and the classifier, and only one file is given.",
                ErrorReason.ClassifierOutputMissing),
        };

    private string Describe() => JsonSerializer.Serialize(
        new
        {
            training = _request.Training,
            data = _request.Data.Name,
            pixels = _request.Data.PixelSha256,
            start = Hash(_request.StartPath),
            purifier = Hash(_request.PurifierPath),
            classifier = Hash(_request.ClassifierPath),
            lpipsBackbone = Hash(_request.LpipsBackbonePath),
            lpipsHeads = Hash(_request.LpipsHeadsPath),
            recipe = JsonSerializer.Deserialize<JsonElement>(TrainingPreset.Write(_recipe)),
        },
        DescriptionFormat);

    private static string? Hash(string? path)
    {
        if (path is null)
        {
            return null;
        }

        if (!File.Exists(path))
        {
            throw new CertiPureException($"There is no file '{path}': check the path.", ErrorReason.InvalidArgument);
        }

        return FileHash.Of(path);
    }
}
