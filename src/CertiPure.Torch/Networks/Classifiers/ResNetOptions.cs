using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The arguments of <see cref="ResNet"/>.</summary>
public sealed record ResNetOptions : INetworkOptions
{
    /// <summary>18, 34, 50, 101 or 152 layers.</summary>
    public int Depth { get; init; } = 50;

    /// <summary>The channels inside the first stage's bottlenecks: 64, or 128 in the wide networks of torchvision.</summary>
    public int WidthPerGroup { get; init; } = 64;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 1000;

    /// <summary>Whether it begins as for CIFAR (kuangliu/pytorch-cifar), with a 3x3 convolution of stride 1 and no pooling.</summary>
    public bool SmallImages { get; init; }

    /// <summary>Whether blocks have three convolutions, of which the last widens, or two.</summary>
    [JsonIgnore]
    internal bool IsBottleneck => Depth >= 50;

    double INetworkOptions.LeastWeights
    {
        get
        {
            double width = IsBottleneck ? WidthPerGroup / 64.0 : 1;
            return Enumerable.Range(0, 4).Sum(stage => LayerWeights.Blocks(Blocks()[stage], width * (64 << stage)))
                + LayerWeights.Dense(IsBottleneck ? 2048 : 512, ClassCount);
        }
    }

    /// <summary>The blocks of each stage (He et al. 2016, table 1).</summary>
    /// <exception cref="ArgumentException">There is no network of that depth.</exception>
    internal IReadOnlyList<int> Blocks() => Depth switch
    {
        18 => [2, 2, 2, 2],
        34 or 50 => [3, 4, 6, 3],
        101 => [3, 4, 23, 3],
        152 => [3, 8, 36, 3],
        _ => throw new ArgumentException($"depth {Depth} must be 18, 34, 50, 101 or 152"),
    };
}
