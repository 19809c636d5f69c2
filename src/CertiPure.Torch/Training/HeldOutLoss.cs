using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Losses;
using CertiPure.Torch.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>
/// The loss of a run's averaged weights on images that it never trains on. Noise and levels are the same at every measurement, so
/// that two of them differ by the weights alone.
/// </summary>
internal sealed class HeldOutLoss
{
    private readonly nn.Module _network;
    private readonly TrainingLoss _loss;
    private readonly TrainingData _data;
    private readonly TrainerOptions _options;
    private readonly Device _device;

    /// <summary>Prepares the measurement.</summary>
    /// <param name="network">The network in training.</param>
    /// <param name="loss">What is minimised; it calls the network.</param>
    /// <param name="data">The images held out.</param>
    /// <param name="options">The run's batch size and seed.</param>
    /// <param name="device">The network's device.</param>
    public HeldOutLoss(nn.Module network, TrainingLoss loss, TrainingData data, TrainerOptions options, Device device)
    {
        _network = network;
        _loss = loss;
        _data = data;
        _options = options;
        _device = device;
        Best = tensor(double.PositiveInfinity, ScalarType.Float64).DetachFromDisposeScope();
    }

    /// <summary>The smallest loss so far, a 64-bit scalar; part of the run's state.</summary>
    public Tensor Best { get; }

    /// <summary>Measures, with the network in evaluation mode.</summary>
    /// <param name="weights">The weights to measure, by the network's names.</param>
    /// <param name="step">Optimizer steps done.</param>
    /// <returns>The mean loss, and whether it is the smallest so far.</returns>
    public (double Loss, bool IsBest) Measure(IEnumerable<(string Name, Tensor Tensor)> weights, long step)
    {
        using var noGradient = no_grad();
        using var exchanged = new ExchangedWeights(_network, weights);
        _network.eval();
        double sum = 0;
        int part = 0;
        for (int start = 0; start < _data.Count; start += _options.BatchSize)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(_options.BatchSize, _data.Count - start);
            using var random = new TrainingRandom(~_options.Seed, 0, part++, _device);
            TrainingBatch batch = _data.Batch(
                [.. Enumerable.Range(start, count).Select(id => (long)id)], new Augmentation(), random, _device);
            sum += _loss.PerImage(batch, new TrainingStep(step, _options.Steps, random)).to(ScalarType.Float64).sum().item<double>();
        }

        _network.train();
        double loss = sum / _data.Count;
        bool isBest = loss < Best.item<double>();
        if (isBest)
        {
            Best.fill_(loss);
        }

        return (loss, isBest);
    }
}
