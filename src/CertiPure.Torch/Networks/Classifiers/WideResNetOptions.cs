using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of <see cref="WideResNet"/>. The defaults are WideResNet-28-10.</summary>
public sealed record WideResNetOptions : INetworkOptions
{
    /// <summary>6n + 4 layers.</summary>
    public int Depth { get; init; } = 28;

    /// <summary>The multiple of 16, 32 and 64 channels.</summary>
    public int WidenFactor { get; init; } = 10;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;

    /// <summary>Dropout probability in training.</summary>
    public double DropRate { get; init; }

    double INetworkOptions.LeastWeights =>
        LayerWeights.Blocks((Depth - 4.0) / 6, 64.0 * WidenFactor) + LayerWeights.Dense(64.0 * WidenFactor, ClassCount);
}
