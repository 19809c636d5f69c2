using CertiPure.Images;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>What <see cref="OpenAiUNet"/> is built of. Each family of networks turns its own arguments into one of these.</summary>
internal sealed record UNetPlan
{
    /// <summary>The images that it takes.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>The channels of its output.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>The channels of the time's cosines and sines.</summary>
    public required int TimeChannels { get; init; }

    /// <summary>The channels of the time embedding inside the network.</summary>
    public required int EmbeddingChannels { get; init; }

    /// <summary>The channels of the first convolution.</summary>
    public required int FirstChannels { get; init; }

    /// <summary>The resolutions, from the finest.</summary>
    public required IReadOnlyList<UNetLevel> Levels { get; init; }

    /// <summary>Residual blocks per resolution on the way down; there is one more on the way up.</summary>
    public required int ResidualBlocks { get; init; }

    /// <summary>The number of attention heads of a layer of so many channels.</summary>
    public required Func<int, int> Heads { get; init; }

    /// <summary>The form of attention's joint layer.</summary>
    public required AttentionForm Attention { get; init; }

    /// <summary>Whether the middle has attention.</summary>
    public bool MiddleAttention { get; init; } = true;

    /// <summary>Groups of the middle attention's normalisation where they differ from <see cref="Groups"/>; 0 for none.</summary>
    public int? MiddleAttentionGroups { get; init; }

    /// <summary>Normalisation groups.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>Added to the variance in normalisations.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Whether the time modulates as scale and shift behind the second normalisation, or is added before it.</summary>
    public bool ScaleShift { get; init; } = true;

    /// <summary>Whether convolutions that halve the resolution pad all four sides, or the right and the bottom alone.</summary>
    public bool PadsAllSides { get; init; } = true;

    /// <summary>See <see cref="SinusoidalEmbedding"/>.</summary>
    public double FrequencyShift { get; init; }

    /// <summary>See <see cref="SinusoidalEmbedding"/>.</summary>
    public bool SinesFirst { get; init; }

    /// <summary>The number of classes that it is conditioned on, 0 for none.</summary>
    public int Classes { get; init; }

    /// <summary>The share of activations that dropout clears while training.</summary>
    public double Dropout { get; init; }
}

/// <summary>One resolution of a <see cref="UNetPlan"/>.</summary>
/// <param name="Channels">Its channels.</param>
/// <param name="AttentionDown">Whether attention follows each residual block on the way down.</param>
/// <param name="AttentionUp">The same on the way up.</param>
/// <param name="ResidualDown">Whether a residual block halves the resolution behind it, or a convolution does.</param>
/// <param name="ResidualUp">Whether a residual block doubles the resolution behind it, or a convolution does.</param>
internal sealed record UNetLevel(int Channels, bool AttentionDown, bool AttentionUp, bool ResidualDown, bool ResidualUp);

/// <summary>The form of the layer that computes queries, keys and values: the order of its channels, and the dimensions of its
/// kernel.</summary>
internal enum AttentionForm
{
    /// <summary>(head, qkv, channel), one-dimensional: improved diffusion, and guided diffusion by default.</summary>
    HeadsFirst,

    /// <summary>(qkv, head, channel), one-dimensional: guided diffusion with <c>use_new_attention_order</c>.</summary>
    QueriesFirst,

    /// <summary>(qkv, head, channel), two-dimensional: the consistency models.</summary>
    QueriesFirstOverPixels,
}
