namespace CertiPure.Torch.Networks.UNets;

/// <summary>The arguments of <see cref="SongUNet"/>, in the reference code's names where written as JSON. The defaults are
/// DDPM++.</summary>
public sealed record SongUNetOptions : EdmUNetOptions, INetworkOptions
{
    /// <summary>The number of channels that the multipliers multiply.</summary>
    public int ModelChannels { get; init; } = 128;

    /// <summary>Multipliers per level, finest first.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 2, 2];

    /// <summary>The multiplier of the noise embedding's channels: 1 for DDPM++, 2 for NCSN++.</summary>
    public int ChannelMultNoise { get; init; } = 1;

    /// <summary>Residual blocks per level.</summary>
    public int NumBlocks { get; init; } = 4;

    /// <summary>The resolutions (after patching) with self-attention.</summary>
    public IReadOnlyList<int> AttnResolutions { get; init; } = [16];

    /// <summary>How the noise level is embedded: positional for DDPM++, Fourier for NCSN++.</summary>
    public SongUNetEmbedding EmbeddingType { get; init; } = SongUNetEmbedding.Positional;

    /// <summary>The encoder: standard for DDPM++, residual for NCSN++.</summary>
    public SongUNetEncoder EncoderType { get; init; } = SongUNetEncoder.Standard;

    /// <summary>The decoder; the one form that the published networks use.</summary>
    public SongUNetDecoder DecoderType { get; init; } = SongUNetDecoder.Standard;

    /// <summary>The low-pass filter: [1,1] for DDPM++, [1,3,3,1] for NCSN++.</summary>
    public IReadOnlyList<double> ResampleFilter { get; init; } = [1, 1];

    /// <summary>
    /// This project's own option for small machines: the network works on patches of so many pixels a side, folded into channels
    /// (28x28x1 becomes 14x14x4 at 2).
    /// </summary>
    public int Patch { get; init; } = 1;

    double INetworkOptions.LeastWeights
    {
        get
        {
            double embedding = (double)ModelChannels * ChannelMultEmb, noise = (double)ModelChannels * ChannelMultNoise;
            return ChannelMult.Sum(multiplier => LayerWeights.Blocks(NumBlocks + 1.0, (double)ModelChannels * multiplier, embedding))
                + LayerWeights.Dense(embedding, embedding)
                + LayerWeights.Dense(noise, embedding)
                + LayerWeights.Dense(LabelCount, noise)
                + LayerWeights.Dense(AugmentLabelCount, noise)
                + (9 * LayerWeights.Dense((double)Channels * Patch * Patch, ModelChannels));
        }
    }
}
