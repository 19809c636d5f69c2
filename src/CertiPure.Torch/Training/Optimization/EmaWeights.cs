using System.Globalization;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Optimization;

/// <summary>
/// An exponential moving average of the weights. After step k (from 1) the decay is min(decay, (1 + k) / (10 + k)), as in
/// TensorFlow's ExponentialMovingAverage, so that a short run's average is not its starting point.
/// </summary>
internal sealed class EmaWeights : IDisposable
{
    private readonly List<(string Name, Tensor Weight, Tensor Average)> _averages = [];

    public EmaWeights(IEnumerable<(string Name, Tensor Weight)> weights, double decay)
    {
        Decay = decay;
        using var noGradient = no_grad();
        foreach ((string name, Tensor weight) in weights)
        {
            _averages.Add((name, weight, weight.detach().clone().DetachFromDisposeScope()));
        }
    }

    public double Decay { get; }

    /// <summary>The averages, by the names <c>ema.DECAY.*</c>.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        _averages.Select(average => ($"ema.{Decay.ToString(CultureInfo.InvariantCulture)}.{average.Name}", average.Average));

    /// <summary>The averages by the weights' own names.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Weights =>
        _averages.Select(average => (average.Name, average.Average));

    /// <summary>Follows the weights.</summary>
    /// <param name="stepsDone">The number of optimizer steps done, from 1.</param>
    public void Update(long stepsDone)
    {
        using var noGradient = no_grad();
        double decay = Math.Min(Decay, (1.0 + stepsDone) / (10.0 + stepsDone));
        foreach ((_, Tensor weight, Tensor average) in _averages)
        {
            average.mul_(decay).add_(weight, alpha: 1 - decay);
        }
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor average) in _averages)
        {
            average.Dispose();
        }
    }
}

/// <summary>Other weights in a network until it is disposed; then the network's own return, bit for bit.</summary>
internal sealed class ExchangedWeights : IDisposable
{
    private readonly List<(Tensor Place, Tensor Own)> _exchanged = [];

    /// <summary>Puts weights into a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Parameters and buffers by the network's names; those that are missing stay.</param>
    public ExchangedWeights(nn.Module network, IEnumerable<(string Name, Tensor Tensor)> weights)
    {
        using var noGradient = no_grad();
        Dictionary<string, Tensor> places = network.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter))
            .Concat(network.named_buffers().Select(entry => (entry.name, entry.buffer)))
            .ToDictionary();
        foreach ((string name, Tensor tensor) in weights)
        {
            Tensor place = places[name];
            _exchanged.Add((place, place.clone().DetachFromDisposeScope()));
            place.copy_(tensor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var noGradient = no_grad();
        foreach ((Tensor place, Tensor own) in _exchanged)
        {
            place.copy_(own);
            own.Dispose();
        }
    }
}
