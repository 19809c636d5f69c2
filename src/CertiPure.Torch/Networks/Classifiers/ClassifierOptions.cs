using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of the classifiers whose only choice is the number of classes.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The number of classes; 0 makes a feature network of LPIPS, without its classifier.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 1000;
}
