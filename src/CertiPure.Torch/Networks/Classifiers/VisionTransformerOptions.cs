namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The shape of a <see cref="VisionTransformer"/>, in the terms of Hugging Face's <c>config.json</c>. The defaults
/// are ViT-B/16.</summary>
public sealed record VisionTransformerOptions : INetworkOptions
{
    /// <summary>The number of classes.</summary>
    public int NumLabels { get; init; } = 1000;

    /// <summary>The side of the square images.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>The side of the square patches.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Channels of every token.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>The number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads of each layer.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Channels between the two layers of the perceptron.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Added to the variance in layer normalisation.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    double INetworkOptions.LeastWeights
    {
        get
        {
            double side = Math.Floor((double)ImageSize / PatchSize), pixels = 3.0 * PatchSize * PatchSize;
            double layer = (4 * LayerWeights.Dense(HiddenSize, HiddenSize)) + (2 * LayerWeights.Dense(HiddenSize, IntermediateSize));
            return (Math.Max(0, NumHiddenLayers) * Math.Max(1, layer))
                + LayerWeights.Dense((side * side) + pixels, HiddenSize)
                + LayerWeights.Dense(HiddenSize, NumLabels);
        }
    }
}
