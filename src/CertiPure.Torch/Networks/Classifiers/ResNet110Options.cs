using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of <see cref="ResNet110"/>.</summary>
public sealed record ResNet110Options : INetworkOptions
{
    /// <summary>6n + 2 layers.</summary>
    public int Depth { get; init; } = 110;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;

    double INetworkOptions.LeastWeights => LayerWeights.Blocks((Depth - 2.0) / 6, 64) + LayerWeights.Dense(64, ClassCount);
}
