using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Optimization;

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
