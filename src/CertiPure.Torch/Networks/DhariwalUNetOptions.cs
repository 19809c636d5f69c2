using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks;

/// <summary>The arguments of <see cref="DhariwalUNet"/>, in the reference code's names where written as JSON. The defaults
/// are ADM for ImageNet-64.</summary>
public sealed record DhariwalUNetOptions
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

    /// <summary>The number of channels that the multipliers multiply.</summary>
    public int ModelChannels { get; init; } = 192;

    /// <summary>Multipliers per level, finest first.</summary>
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 3, 4];

    /// <summary>The multiplier of the embedding's channels.</summary>
    public int ChannelMultEmb { get; init; } = 4;

    /// <summary>Residual blocks per level.</summary>
    public int NumBlocks { get; init; } = 3;

    /// <summary>The resolutions with self-attention.</summary>
    public IReadOnlyList<int> AttnResolutions { get; init; } = [32, 16, 8];

    /// <summary>Dropout probability in training.</summary>
    public double Dropout { get; init; } = 0.1;
}
