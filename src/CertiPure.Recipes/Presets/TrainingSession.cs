using System.Diagnostics;
using System.Text.Json;
using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Training;

namespace CertiPure.Recipes.Presets;

/// <summary>One training of a preset, from request to weights.</summary>
public sealed class TrainingSession : IDisposable
{
    private const int WarmupSteps = 2;
    private const int TimedSteps = 5;
    private static readonly JsonSerializerOptions DescriptionFormat = new() { WriteIndented = true, NewLine = "\n" };

    private readonly TrainingRequest _request;
    private readonly TrainingRecipe _recipe;
    private readonly TrainingData _data;
    private readonly PreparedTraining _prepared;
    private readonly Trainer _trainer;
    private readonly TrainingRun _run;

    /// <summary>Reads the preset and the data and builds the network; nothing is written yet.</summary>
    /// <exception cref="CertiPureException">Something of the request is missing or wrong.</exception>
    public TrainingSession(TrainingRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        LibTorch.Load();
        _request = request;
        _recipe = ReadRecipe(request);
        _data = TrainingData.Load(request.Data);
        _prepared = _recipe.Prepare(new TrainingInputs(_data)
        {
            StartPath = request.StartPath,
            LpipsBackbonePath = request.LpipsBackbonePath,
            LpipsHeadsPath = request.LpipsHeadsPath,
        });
        _run = new TrainingRun(request.StateFolder ?? request.OutputPath + ".training", Describe(), _prepared.Metadata);
        _trainer = new Trainer(_prepared.Network, _prepared.Loss, _data, _recipe.Trainer, _run);
    }

    /// <summary>Times a few real steps without writing anything. The session cannot be run afterwards.</summary>
    public TrainingEstimate Estimate()
    {
        for (int i = 0; i < WarmupSteps; i++)
        {
            _trainer.Step();
        }

        var clock = Stopwatch.StartNew();
        for (int i = 0; i < TimedSteps; i++)
        {
            _trainer.Step();
        }

        double secondsPerStep = clock.Elapsed.TotalSeconds / TimedSteps;
        return new TrainingEstimate(
            TrainingPreset.Write(_recipe),
            _trainer.ParameterCount,
            _data.Count,
            _recipe.Trainer.BatchSize * _recipe.Trainer.Accumulation / secondsPerStep,
            secondsPerStep * _recipe.Trainer.Steps / 3600);
    }

    /// <summary>Trains to the end and writes the weights.</summary>
    /// <param name="progress">Told every so often.</param>
    /// <param name="cancellation">Stops at a checkpoint.</param>
    /// <exception cref="CertiPureException">The output exists, a stopped run is in the way, or training failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the run can be resumed.</exception>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (File.Exists(_request.OutputPath) && !_request.Overwrite)
        {
            throw new CertiPureException(
                $"The output '{_request.OutputPath}' exists: choose another name, or give --overwrite.", ExitCode.Refused);
        }

        if (_request.Resume)
        {
            if (!_trainer.TryResume())
            {
                throw new CertiPureException(
                    $"There is no training to resume in '{_run.Folder}': leave out --resume to start it.", ExitCode.Refused);
            }
        }
        else if (File.Exists(_run.StatePath) && !_request.Overwrite)
        {
            throw new CertiPureException(
                $"A training was started in '{_run.Folder}': give --resume to go on with it, or --overwrite to start anew.",
                ExitCode.Refused);
        }

        _trainer.Train(progress, cancellation);
        using Checkpoint result = _trainer.Result();
        SafeTensors.Write(_request.OutputPath, result, ElementType.Float16);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _prepared.Dispose();
        _data.Dispose();
    }

    private static TrainingRecipe ReadRecipe(TrainingRequest request)
    {
        TrainingPreset preset = TrainingPreset.Load(request.Preset);
        return request.Training switch
        {
            "classifier" => preset.Recipe<ClassifierRecipe>(request.Training, request.Changes),
            "edm" => preset.Recipe<EdmRecipe>(request.Training, request.Changes),
            "consistency" => preset.Recipe<ConsistencyRecipe>(request.Training, request.Changes),
            "fine-tuning" => preset.Recipe<FineTuningRecipe>(request.Training, request.Changes),
            _ => throw new CertiPureException(
                $"There is no training '{request.Training}': choose classifier, edm, consistency or fine-tuning.", ExitCode.Usage),
        };
    }

    private string Describe() => JsonSerializer.Serialize(
        new
        {
            training = _request.Training,
            data = _request.Data.Name,
            pixels = _request.Data.PixelSha256,
            start = Hash(_request.StartPath),
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
            throw new CertiPureException($"There is no file '{path}': check the path.", ExitCode.Usage);
        }

        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stream));
    }
}
