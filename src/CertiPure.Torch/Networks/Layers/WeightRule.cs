namespace CertiPure.Torch.Networks.Layers;

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
