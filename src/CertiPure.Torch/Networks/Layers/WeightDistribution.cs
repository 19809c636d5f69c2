using CertiPure.Torch.Backend;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>How a layer's weights start (Karras et al. 2022, appendix F).</summary>
/// <param name="Rule">The distribution.</param>
/// <param name="WeightScale">A factor on the weights; near 0 for a residual branch's last layer.</param>
/// <param name="BiasScale">A factor on the biases; 0 starts them at zero.</param>
public readonly record struct WeightDistribution(WeightRule Rule, double WeightScale = 1, double BiasScale = 0)
{
    internal void Draw(Tensor weight, Tensor? bias, long fanIn, long fanOut, Generator generator)
    {
        weight.copy_(Sample(weight.shape, fanIn, fanOut, generator) * WeightScale);
        bias?.copy_(Sample(bias.shape, fanIn, fanOut, generator) * BiasScale);
    }

    private Tensor Sample(long[] shape, long fanIn, long fanOut, Generator generator) => Rule switch
    {
        WeightRule.XavierUniform => Uniform(shape, generator) * Math.Sqrt(6.0 / (fanIn + fanOut)),
        WeightRule.KaimingUniform => Uniform(shape, generator) * Math.Sqrt(3.0 / fanIn),
        WeightRule.KaimingNormal => RandomTensors.Normal(shape, generator) * Math.Sqrt(1.0 / fanIn),
        _ => throw new ArgumentOutOfRangeException(nameof(generator), Rule, "unknown rule"),
    };

    private static Tensor Uniform(long[] shape, Generator generator) => (RandomTensors.Uniform(shape, generator) * 2) - 1;
}

/// <summary>The distribution that a layer's weights start from.</summary>
public enum WeightRule
{
    /// <summary>Uniform with variance 2 / (fan in + fan out) (Glorot and Bengio 2010).</summary>
    XavierUniform,

    /// <summary>Uniform with variance 1 / fan in.</summary>
    KaimingUniform,

    /// <summary>Normal with variance 1 / fan in.</summary>
    KaimingNormal,
}
