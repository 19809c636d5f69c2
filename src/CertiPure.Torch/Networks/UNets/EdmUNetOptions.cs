using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>What the two U-Nets of the EDM repository have in common, in the reference code's names where written as JSON.</summary>
public abstract record EdmUNetOptions
{
    /// <summary>The image's height and width.</summary>
    [JsonPropertyName("img_resolution")]
    public required int Resolution { get; init; }

    /// <summary>The image's channels.</summary>
    [JsonPropertyName("img_channels")]
    public required int Channels { get; init; }

    /// <summary>The number of classes that it is conditioned on, 0 for none.</summary>
    [JsonPropertyName("label_dim")]
    public int LabelCount { get; init; }

    /// <summary>The number of augmentation labels, 0 for none.</summary>
    [JsonPropertyName("augment_dim")]
    public int AugmentLabelCount { get; init; }

    /// <summary>The multiplier of the embedding's channels.</summary>
    public int ChannelMultEmb { get; init; } = 4;

    /// <summary>Dropout probability in training.</summary>
    public double Dropout { get; init; } = 0.1;
}

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

/// <summary>How <see cref="SongUNet"/> embeds the noise level.</summary>
public enum SongUNetEmbedding
{
    /// <summary>Geometric frequencies (DDPM++).</summary>
    Positional,

    /// <summary>Random frequencies (NCSN++).</summary>
    Fourier,
}

/// <summary>The encoder of <see cref="SongUNet"/>.</summary>
public enum SongUNetEncoder
{
    /// <summary>The image enters at the finest level only (DDPM++).</summary>
    Standard,

    /// <summary>The image is downsampled beside the encoder and added at each level (NCSN++).</summary>
    Residual,
}

/// <summary>The decoder of <see cref="SongUNet"/>.</summary>
public enum SongUNetDecoder
{
    /// <summary>The image leaves at the finest level only.</summary>
    Standard,
}

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
