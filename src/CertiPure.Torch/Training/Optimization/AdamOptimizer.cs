using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Optimization;

/// <summary>
/// Adam (Kingma and Ba 2015) and Rectified Adam (Liu et al. 2020), with decoupled weight decay. Its state is plain named
/// tensors and the number of steps, so that a checkpoint is a safetensors file.
/// </summary>
internal sealed class AdamOptimizer : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly List<(string Name, Tensor Weight, Tensor First, Tensor Second)> _moments = [];

    public AdamOptimizer(IEnumerable<(string Name, Tensor Weight)> weights, TrainerOptions options)
    {
        _options = options;
        using var noGradient = no_grad();
        foreach ((string name, Tensor weight) in weights)
        {
            _moments.Add((name, weight, Zeros(weight), Zeros(weight)));
        }
    }

    /// <summary>The moments, by the names <c>adam.first.*</c> and <c>adam.second.*</c>.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State => _moments.SelectMany(
        moment => new[] { ($"adam.first.{moment.Name}", moment.First), ($"adam.second.{moment.Name}", moment.Second) });

    /// <summary>Changes the weights.</summary>
    /// <param name="gradients">In the order of the weights.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="scale">Multiplies every gradient (clipping).</param>
    public void Step(IReadOnlyList<Tensor> gradients, long step, double scale)
    {
        using var noGradient = no_grad();
        double rate = _options.LearningRateAt(step);
        double beta1 = _options.Beta1, beta2 = _options.Beta2;
        double count = step + 1;
        double firstCorrection = 1 - Math.Pow(beta1, count);
        double secondCorrection = 1 - Math.Pow(beta2, count);
        double? rectification = Rectification(count);
        for (int i = 0; i < _moments.Count; i++)
        {
            (_, Tensor weight, Tensor first, Tensor second) = _moments[i];
            Tensor gradient = scale == 1 ? gradients[i] : gradients[i] * scale;
            first.mul_(beta1).add_(gradient, alpha: 1 - beta1);
            second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            if (_options.WeightDecay > 0)
            {
                weight.mul_(1 - (rate * _options.WeightDecay));
            }

            if (rectification is double factor)
            {
                using Tensor denominator = second.sqrt().div_(Math.Sqrt(secondCorrection)).add_(_options.Epsilon);
                weight.addcdiv_(first, denominator, -rate * factor / firstCorrection);
            }
            else
            {
                weight.add_(first, alpha: -rate / firstCorrection);
            }
        }
    }

    public void Dispose()
    {
        foreach ((_, _, Tensor first, Tensor second) in _moments)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private static Tensor Zeros(Tensor weight) => zeros_like(weight, ScalarType.Float32).DetachFromDisposeScope();

    /// <summary>Adam: 1. RAdam: r_t of Liu et al. 2020, algorithm 2, or null while the variance of the second moment is
    /// intractable, when the step is that of the first moment alone.</summary>
    private double? Rectification(double count)
    {
        if (_options.Optimizer == OptimizerRule.Adam)
        {
            return 1;
        }

        double power = Math.Pow(_options.Beta2, count);
        double longest = (2 / (1 - _options.Beta2)) - 1;
        double length = longest - (2 * count * power / (1 - power));
        return length <= 5
            ? null
            : Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
    }
}

/// <summary>A rule that turns gradients into steps.</summary>
public enum OptimizerRule
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Rectified Adam (Liu et al. 2020), which consistency models are trained with.</summary>
    RAdam,
}

/// <summary>How a learning rate falls from the end of the warm-up to the end of the run.</summary>
public enum LearningRateDecay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>Linearly to 0.</summary>
    Linear,

    /// <summary>Along half a cosine to 0.</summary>
    Cosine,
}
