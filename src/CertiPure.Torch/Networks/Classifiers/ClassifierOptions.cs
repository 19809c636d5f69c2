using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of the classifiers whose only choice is the number of classes.</summary>
public sealed record ClassifierOptions : INetworkOptions
{
    /// <summary>The number of classes; 0 makes a feature network of LPIPS, without its classifier.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 1000;

    // All of these networks end in a layer of at least so many inputs; the rest of each is the same whatever the arguments.
    double INetworkOptions.LeastWeights => LayerWeights.Dense(512, ClassCount);
}
