using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of <see cref="ResNet110"/>.</summary>
public sealed record ResNet110Options
{
    /// <summary>6n + 2 layers.</summary>
    public int Depth { get; init; } = 110;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;
}
