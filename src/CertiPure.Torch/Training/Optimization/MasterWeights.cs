using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Optimization;

/// <summary>
/// The 32-bit weights that the optimizer changes. Where the network computes in bfloat16 they are copies, rounded into the
/// network after every step (Micikevicius et al. 2018: steps smaller than a bfloat16's spacing would otherwise be lost);
/// else they are the network's own. Normalisation layers and frequencies are 32-bit in the network itself, as in
/// inference (<see cref="NetworkPrecision"/>): a moving batch statistic would stand still in bfloat16. Buffers stay in the
/// network.
/// </summary>
internal sealed class MasterWeights : IDisposable
{
    private readonly List<(string Name, Parameter Parameter, Tensor Master)> _weights = [];

    public MasterWeights(nn.Module network, TrainingPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Dictionary<string, Tensor> exact = [];
        if (precision == TrainingPrecision.Bf16)
        {
            exact = network.named_parameters().ToDictionary(entry => entry.name, entry => Copy(entry.parameter));
            NetworkPrecision.Convert(network, Precision.Bf16, network.parameters().First().device_type);
        }

        foreach ((string name, Parameter parameter) in network.named_parameters().Where(entry => entry.parameter.requires_grad))
        {
            bool isRounded = parameter.dtype != ScalarType.Float32;
            _weights.Add((name, parameter, isRounded ? exact[name].DetachFromDisposeScope() : parameter));
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
        return detached.clone();
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
        using var noGradient = no_grad();
        foreach ((_, Parameter parameter, Tensor master) in _weights.Where(IsCopy))
        {
            parameter.copy_(master);
        }
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor master) in _weights.Where(IsCopy))
        {
            master.Dispose();
        }
    }

    private static bool IsCopy((string Name, Parameter Parameter, Tensor Master) weight) =>
        !ReferenceEquals(weight.Parameter, weight.Master);
}
