namespace CertiPure.Torch.Networks.UNets;

/// <summary>The arguments of <see cref="DhariwalUNet"/>, in the reference code's names where written as JSON. The defaults
/// are ADM for ImageNet-64.</summary>
public sealed record DhariwalUNetOptions : EdmUNetOptions, INetworkOptions
{
    /// <summary>The number of channels that the multipliers multiply.</summary>
    public int ModelChannels { get; init; } = 192;

    /// <summary>Multipliers per level, finest first.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 3, 4];

    /// <summary>Residual blocks per level.</summary>
    public int NumBlocks { get; init; } = 3;

    /// <summary>The resolutions with self-attention.</summary>
    public IReadOnlyList<int> AttnResolutions { get; init; } = [32, 16, 8];

    double INetworkOptions.LeastWeights
    {
        get
        {
            double embedding = (double)ModelChannels * ChannelMultEmb;
            return ChannelMult.Sum(multiplier => LayerWeights.Blocks(NumBlocks + 1.0, (double)ModelChannels * multiplier, embedding))
                + LayerWeights.Dense(embedding, embedding)
                + LayerWeights.Dense(LabelCount, embedding)
                + LayerWeights.Dense(AugmentLabelCount, ModelChannels)
                + (9 * LayerWeights.Dense(Channels, ModelChannels));
        }
    }
}
