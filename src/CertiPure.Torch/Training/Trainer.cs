using System.Diagnostics;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Losses;
using CertiPure.Torch.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>
/// Trains one network on one loss. A run is a function of its options and seed: on one thread a killed and resumed run ends
/// in the same weights, bit for bit, as one that was never stopped.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly nn.Module _network;
    private readonly TrainingLoss _loss;
    private readonly TrainingData _data;
    private readonly TrainerOptions _options;
    private readonly TrainingRun _run;
    private readonly Device _device;
    private readonly MasterWeights _weights;
    private readonly List<(string Name, Tensor Tensor)> _buffers;
    private readonly AdamOptimizer _optimizer;
    private readonly List<EmaWeights> _averages;
    private readonly DataOrder _order;
    private readonly HeldOutLoss? _heldOut;
    private long _stepsDone;
    private double _secondsBefore;

    /// <summary>Prepares a run.</summary>
    /// <param name="network">The network with its starting weights in 32-bit floats; it is trained in place.</param>
    /// <param name="loss">What is minimised; it calls the network.</param>
    /// <param name="data">The training images.</param>
    /// <param name="options">How.</param>
    /// <param name="run">Where the state is kept.</param>
    /// <param name="heldOut">Images that are not trained on, whose loss is measured every
    /// <see cref="TrainerOptions.HeldOutSteps"/> steps; null for none.</param>
    /// <exception cref="CertiPureException">An option is out of range.</exception>
    public Trainer(
        nn.Module network,
        TrainingLoss loss,
        TrainingData data,
        TrainerOptions options,
        TrainingRun run,
        TrainingData? heldOut = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _network = network;
        _loss = loss;
        _data = data;
        _options = options;
        _run = run;
        _device = network.parameters().First().device;
        _weights = new MasterWeights(network, options.Precision);
        _buffers = [.. network.named_buffers().Select(entry => (entry.name, entry.buffer))];
        _optimizer = new AdamOptimizer(_weights.All, options);
        IEnumerable<(string Name, Tensor Tensor)> averaged =
            _weights.All.Concat(_buffers.Where(buffer => buffer.Tensor.is_floating_point()));
        _averages = [.. options.EmaDecays.Select(decay => new EmaWeights(averaged, decay))];
        _order = new DataOrder(options.Seed, data.Count);
        _heldOut = heldOut is null ? null : new HeldOutLoss(network, loss, heldOut, options, _device);
    }

    /// <summary>Chooses the number of threads of each step of <see cref="Train"/>; null (the default) leaves it as it is.</summary>
    public TrainingThreads? Threads { get; init; }

    /// <summary>The number of trained parameters.</summary>
    public long ParameterCount => _weights.Count;

    /// <summary>Optimizer steps done.</summary>
    public long StepsDone => _stepsDone;

    /// <summary>Takes the run up where its last checkpoint left it.</summary>
    /// <returns>False if there is no checkpoint yet.</returns>
    /// <exception cref="CertiPureException">The checkpoint is damaged or was written under other options.</exception>
    public bool TryResume()
    {
        if (!File.Exists(_run.StatePath))
        {
            return false;
        }

        (_stepsDone, _secondsBefore) = TrainingStateFile.Read(_run.StatePath, State(), _run.Description);
        _weights.CopyToNetwork();
        return true;
    }

    /// <summary>Trains to the end, writing a checkpoint every so often, at the end, and when cancelled.</summary>
    /// <param name="progress">Told every <see cref="TrainerOptions.LogSteps"/> steps.</param>
    /// <param name="afterCheckpoint">Called after each checkpoint with the steps done, the network in evaluation mode; it must not
    /// change the network.</param>
    /// <param name="cancellation">Stops after the running step.</param>
    /// <exception cref="CertiPureException">A loss or gradient was not finite, or a checkpoint could not be written. The last
    /// good checkpoint stays.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the run can be resumed.</exception>
    public void Train(
        IProgress<TrainingProgress>? progress = null,
        Action<long>? afterCheckpoint = null,
        CancellationToken cancellation = default)
    {
        CreateFolder();
        try
        {
            Loop(progress, afterCheckpoint, cancellation);
        }
        catch (IOException error)
        {
            // Checkpoints have said so themselves; this is the loss curve or a picture.
            throw new CertiPureException(
                $"The training folder '{_run.Folder}' cannot be written ({error.Message.TrimEnd('.')}): make room, then resume.", error);
        }
    }

    private void Loop(IProgress<TrainingProgress>? progress, Action<long>? afterCheckpoint, CancellationToken cancellation)
    {
        using var statistics = new TrainingStatistics(_run.StatisticsPath, _stepsDone);
        using var tensorBoard = new TensorBoardLog(_run.Folder);
        var clock = Stopwatch.StartNew();
        var means = new RunningMeans();
        double lastCheckpoint = 0;
        _network.train();
        while (_stepsDone < _options.Steps)
        {
            (double loss, double gradientNorm) = Threads is null ? Step() : Threads.Run(Step);
            means.Add(loss, gradientNorm, _options.BatchSize * _options.Accumulation);
            bool isLast = _stepsDone == _options.Steps;
            if (isLast || _stepsDone % _options.LogSteps == 0)
            {
                TrainingProgress line = Progress(means, _secondsBefore + clock.Elapsed.TotalSeconds) with { HeldOutLoss = HeldOut(isLast) };
                statistics.Write(line);
                tensorBoard.Write(
                    line.Step,
                    ("loss", line.Loss),
                    ("gradient norm", line.GradientNorm),
                    ("learning rate", line.LearningRate),
                    ("images per second", line.ImagesPerSecond));
                progress?.Report(line);
                means = new RunningMeans();
            }

            bool isCancelled = cancellation.IsCancellationRequested;
            if (isLast || isCancelled || clock.Elapsed.TotalSeconds - lastCheckpoint >= _options.CheckpointSeconds)
            {
                WriteCheckpoint(_secondsBefore + clock.Elapsed.TotalSeconds);
                lastCheckpoint = clock.Elapsed.TotalSeconds;
                if (afterCheckpoint is not null)
                {
                    _network.eval();
                    afterCheckpoint(_stepsDone);
                    _network.train();
                }
            }

            if (isCancelled && !isLast)
            {
                throw new OperationCanceledException(
                    $"Training stopped after step {_stepsDone} of {_options.Steps}; it can be resumed.", cancellation);
            }
        }
    }

    /// <summary>Does one optimizer step.</summary>
    /// <returns>The mean loss and the gradient's L2 norm before clipping.</returns>
    /// <exception cref="CertiPureException">Either is not finite; the weights are unchanged.</exception>
    public (double Loss, double GradientNorm) Step()
    {
        using var scope = NewDisposeScope();
        _weights.ClearGradients();
        double loss = 0;
        for (int part = 0; part < _options.Accumulation; part++)
        {
            using var random = new TrainingRandom(_options.Seed, _stepsDone, part, _device);
            long position = ((_stepsDone * _options.Accumulation) + part) * _options.BatchSize;
            TrainingBatch batch = _data.Batch(
                _order.Ids(position, _options.BatchSize), _options.Augmentation, random, _device);
            random.FixDropoutMask();
            Tensor mean = _loss.PerImage(batch, new TrainingStep(_stepsDone, _options.Steps, random)).mean()
                / _options.Accumulation;
            loss += mean.item<float>();
            RequireFinite(loss, "loss");
            mean.backward();
        }

        List<Tensor> gradients = _weights.Gradients();
        double norm = Norm(gradients);
        RequireFinite(norm, "gradient");
        double clip = _options.GradientClip;
        _optimizer.Step(gradients, _stepsDone, clip > 0 && norm > clip ? clip / norm : 1);
        _weights.CopyToNetwork();
        _stepsDone++;
        _averages.ForEach(average => average.Update(_stepsDone));
        _loss.AfterStep(_stepsDone, _options.Steps);
        return (loss, norm);
    }

    /// <summary>Computes the gradient of one batch and forgets it: what a step costs, on fewer images where a whole one would
    /// take long.</summary>
    /// <param name="images">The number of images, at least 1.</param>
    public void Rehearse(int images)
    {
        using var scope = NewDisposeScope();
        using var random = new TrainingRandom(_options.Seed, _stepsDone, 0, _device);
        TrainingBatch batch = _data.Batch(_order.Ids(0, images), _options.Augmentation, random, _device);
        _loss.PerImage(batch, new TrainingStep(_stepsDone, _options.Steps, random)).mean().backward();
        _weights.ClearGradients();
    }

    /// <summary>A part's result: the moving average of the first decay (the weights themselves if there is none), under the
    /// part's own names, in 32-bit floats.</summary>
    /// <param name="part">One of the run's parts; null for the first.</param>
    public Checkpoint Result(TrainedPart? part = null)
    {
        part ??= _run.Parts[0];
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> averaged = Averaged().ToDictionary(entry => entry.Name, entry => entry.Tensor);
        return new Checkpoint(
            _network.state_dict()
                .Where(entry => entry.Key.StartsWith(part.Prefix, StringComparison.Ordinal))
                .Select(entry => ModuleState.ToCheckpointTensor(
                    entry.Key[part.Prefix.Length..], averaged.GetValueOrDefault(entry.Key, entry.Value))),
            part.Metadata);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _optimizer.Dispose();
        _averages.ForEach(average => average.Dispose());
        _heldOut?.Best.Dispose();
    }

    private IEnumerable<(string Name, Tensor Tensor)> Averaged() => _averages.FirstOrDefault()?.Weights ?? _weights.All;

    private static double Norm(List<Tensor> gradients) =>
        stack(gradients.Select(gradient => gradient.norm())).norm().item<float>();

    private IEnumerable<(string Name, Tensor Tensor)> State() =>
        _weights.All.Select(weight => ($"weights.{weight.Name}", weight.Master))
            .Concat(_buffers.Select(buffer => ($"buffers.{buffer.Name}", buffer.Tensor)))
            .Concat(_optimizer.State)
            .Concat(_averages.SelectMany(average => average.State))
            .Concat(_loss.State.Select(entry => ($"loss.{entry.Key}", entry.Value)))
            .Concat(_heldOut is null ? [] : [("heldOut.best", _heldOut.Best)]);

    private void WriteCheckpoint(double seconds)
    {
        // The state comes last: should the disk be full for any, the run goes on from the state before.
        foreach (TrainedPart part in _run.Parts)
        {
            using Checkpoint result = Result(part);
            SafeTensors.Write(_run.WeightsPath(part), result, ElementType.Float16);
        }

        TrainingStateFile.Write(_run.StatePath, State(), _stepsDone, seconds, _run.Description);
    }

    private TrainingProgress Progress(RunningMeans means, double seconds) => new(
        _stepsDone,
        _options.Steps,
        _stepsDone * _options.BatchSize * _options.Accumulation,
        means.Loss,
        means.GradientNorm,
        _options.LearningRateAt(_stepsDone - 1),
        means.ImagesPerSecond,
        seconds);

    /// <summary>The loss on the images held out, where it is due; the best weights are kept.</summary>
    private double? HeldOut(bool isLast)
    {
        if (_heldOut is null || (!isLast && _stepsDone % _options.HeldOutSteps != 0))
        {
            return null;
        }

        (double loss, bool isBest) = _heldOut.Measure(Averaged(), _stepsDone);
        RequireFinite(loss, "loss on the images held out");
        if (isBest)
        {
            foreach (TrainedPart part in _run.Parts)
            {
                using Checkpoint result = Result(part);
                SafeTensors.Write(_run.BestWeightsPath(part), result, ElementType.Float16);
            }
        }

        return loss;
    }

    private void RequireFinite(double value, string what)
    {
        if (!double.IsFinite(value))
        {
            string kept = File.Exists(_run.StatePath)
                ? $"the checkpoint in '{_run.Folder}' from before is kept"
                : "there was no checkpoint yet";
            throw new CertiPureException(
                $"Training stopped at step {_stepsDone + 1} because the {what} is not a finite number; {kept}: look for damaged images, "
                + "or lower the learning rate or clip the gradient.");
        }
    }

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(_run.Folder);

            // What a killed writer left behind.
            foreach (string partial in Directory.EnumerateFiles(_run.Folder, "*.partial*"))
            {
                File.Delete(partial);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException(
                $"The training folder '{_run.Folder}' cannot be written ({error.Message.TrimEnd('.')}): choose another place.", error);
        }
    }
}
