using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>
/// The 32-bit weights that the optimizer changes. Where the network computes in bfloat16 they are copies, rounded into the
/// network after every step (Micikevicius et al. 2018: steps smaller than a bfloat16's spacing would otherwise be lost);
/// else they are the network's own. Buffers, such as batch statistics, stay in the network.
/// </summary>
internal sealed class MasterWeights : IDisposable
{
    private readonly List<(string Name, Parameter Parameter, Tensor Master)> _weights = [];
    private readonly bool _copies;

    public MasterWeights(nn.Module network, TrainingPrecision precision)
    {
        _copies = precision == TrainingPrecision.Bf16;
        using var noGradient = no_grad();
        List<(string Name, Tensor Master)> copies = _copies
            ? [.. network.named_parameters().Select(entry => (entry.name, Copy(entry.parameter)))]
            : [];
        if (_copies)
        {
            network.to(ScalarType.BFloat16);
        }

        int i = 0;
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            if (parameter.requires_grad)
            {
                _weights.Add((name, parameter, _copies ? copies[i].Master : parameter));
            }

            i++;
        }

        if (_weights.Count == 0)
        {
            throw new ArgumentException($"{network.GetName()} has no parameter to train.", nameof(network));
        }
    }

    public IEnumerable<(string Name, Tensor Master)> All => _weights.Select(weight => (weight.Name, weight.Master));

    public long Count => _weights.Sum(weight => weight.Master.numel());

    private static Tensor Copy(Parameter parameter)
    {
        using Tensor detached = parameter.detach();
        return detached.clone().DetachFromDisposeScope();
    }

    /// <summary>The gradients in 32 bits, in the order of <see cref="All"/>; zero where a weight had no part in the loss.</summary>
    public List<Tensor> Gradients() =>
        [.. _weights.Select(weight => weight.Parameter.grad is Tensor gradient
            ? gradient.to(ScalarType.Float32)
            : zeros_like(weight.Master))];

    public void ClearGradients()
    {
        foreach ((_, Parameter parameter, _) in _weights)
        {
            if (parameter.grad is Tensor gradient)
            {
                gradient.zero_();
            }
        }
    }

    /// <summary>Rounds the weights into the network.</summary>
    public void CopyToNetwork()
    {
        if (_copies)
        {
            using var noGradient = no_grad();
            foreach ((_, Parameter parameter, Tensor master) in _weights)
            {
                parameter.copy_(master);
            }
        }
    }

    public void Dispose()
    {
        if (_copies)
        {
            foreach ((_, _, Tensor master) in _weights)
            {
                master.Dispose();
            }
        }
    }
}
