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
