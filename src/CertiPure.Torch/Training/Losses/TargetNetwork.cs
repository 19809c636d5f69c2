using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>A target network whose weights are an exponential moving average of the student's (Song et al. 2023, equation 8).
/// It is kept in 32 bits and never receives a gradient.</summary>
public sealed class TargetNetwork
{
    private readonly nn.Module _student;
    private readonly nn.Module _target;

    /// <summary>Makes the target equal to the student.</summary>
    /// <param name="student">The trained network.</param>
    /// <param name="target">A network of the same architecture, changed in place.</param>
    public TargetNetwork(nn.Module student, nn.Module target)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(target);
        _student = student;
        _target = target;
        using var noGradient = no_grad();
        foreach (Parameter parameter in target.parameters())
        {
            parameter.requires_grad_(false);
        }

        Dictionary<string, Tensor> state = student.state_dict();
        foreach ((string name, Tensor tensor) in target.state_dict())
        {
            tensor.copy_(state[name]);
        }
    }

    /// <summary>The target's weights by name, to be saved with a run.</summary>
    public IReadOnlyDictionary<string, Tensor> State =>
        _target.named_parameters().ToDictionary(entry => $"target.{entry.name}", entry => (Tensor)entry.parameter);

    /// <summary>target = decay * target + (1 - decay) * student.</summary>
    /// <param name="decay">mu, 0 to 1.</param>
    public void Follow(double decay)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();

        // Looked up anew each time: converting the student to another precision replaces its parameters.
        Dictionary<string, Parameter> students =
            _student.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        foreach ((string name, Parameter target) in _target.named_parameters())
        {
            target.mul_(decay).add_(students[name].to(target.dtype), alpha: 1 - decay);
        }
    }
}
