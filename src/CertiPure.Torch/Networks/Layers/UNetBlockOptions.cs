namespace CertiPure.Torch.Networks.Layers;

/// <summary>What the residual blocks of one UNet have in common.</summary>
public sealed record UNetBlockOptions
{
    /// <summary>Channels of the embedded noise level.</summary>
    public required long EmbeddingChannels { get; init; }

    /// <summary>Dropout probability before the second convolution, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The factor after each sum of a branch with its skip.</summary>
    public double SkipScale { get; init; } = 1;

    /// <summary>The normalisations' epsilon.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Attention heads; null for one per 64 channels.</summary>
    public int? Heads { get; init; }

    /// <summary>The low-pass filter of up- and downsampling; null for [1,1].</summary>
    public IReadOnlyList<double>? ResampleFilter { get; init; }

    /// <summary>Whether a resampling skip has a 1x1 convolution even where the number of channels stays.</summary>
    public bool ProjectsResampledSkip { get; init; }

    /// <summary>Whether the embedding scales and shifts the normalised values (ADM) or is added before it (DDPM++, NCSN++).</summary>
    public bool AdaptiveScale { get; init; } = true;

    /// <summary>How weights start.</summary>
    public WeightDistribution Weights { get; init; }

    /// <summary>How the weights of a branch's last layer start: at or near zero.</summary>
    public WeightDistribution LastWeights { get; init; }

    /// <summary>How the weights of the queries, keys and values start.</summary>
    public WeightDistribution AttentionWeights { get; init; }
}
