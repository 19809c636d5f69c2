using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of <see cref="CifarResNet"/>.</summary>
public sealed record CifarResNetOptions : INetworkOptions
{
    /// <summary>6n + 2 layers: 20, 32, 44 or 56.</summary>
    public required int Depth { get; init; }

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;

    /// <summary>The image's channels.</summary>
    [JsonPropertyName("img_channels")]
    public int Channels { get; init; } = 3;

    /// <summary>The channels of the first stage, a multiple of 4; each further stage has twice as many.</summary>
    public int Width { get; init; } = 16;

    /// <summary>
    /// This project's own option for small machines: patches of so many pixels a side are folded into channels first (28x28x1
    /// becomes 14x14x4 at 2), so that twice the width costs the same.
    /// </summary>
    public int Patch { get; init; } = 1;

    double INetworkOptions.LeastWeights => LayerWeights.Blocks((Depth - 2.0) / 6, 4.0 * Width)
        + LayerWeights.Dense(4.0 * Width, ClassCount)
        + (9 * LayerWeights.Dense((double)Channels * Patch * Patch, Width));
}
