namespace CertiPure.Torch.Networks;

/// <summary>The shape of one of OpenAI's diffusion UNets (Nichol and Dhariwal 2021; Dhariwal and Nichol 2021; Song et al.
/// 2023), in the terms of their published code.</summary>
public sealed record OpenAiUNetOptions
{
    /// <summary>The side of the square images.</summary>
    public required int ImageSize { get; init; }

    /// <summary>The number of channels before multiplication.</summary>
    public required int ModelChannels { get; init; }

    /// <summary>The number of output channels: 3, or 6 where a variance is learnt too.</summary>
    public int OutputChannels { get; init; } = 3;

    /// <summary>Residual blocks per resolution.</summary>
    public required int ResidualBlocks { get; init; }

    /// <summary>The multiple of the model's channels at each resolution, from the finest.</summary>
    public required IReadOnlyList<int> ChannelMultipliers { get; init; }

    /// <summary>The sides at which attention follows each residual block.</summary>
    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    /// <summary>The number of attention heads, where no <see cref="HeadChannels"/> are given.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>The channels of one attention head, or null for a fixed number of heads.</summary>
    public int? HeadChannels { get; init; }

    /// <summary>The number of classes that it is conditioned on, or null for none.</summary>
    public int? Classes { get; init; }

    /// <summary>Whether the time modulates as scale and shift behind the second normalisation, or is added before it.</summary>
    public bool ScaleShiftNorm { get; init; } = true;

    /// <summary>Whether residual blocks change the resolution, or convolutions of their own do.</summary>
    public bool ResidualUpDown { get; init; }

    /// <summary>The share of activations that dropout clears while training.</summary>
    public double Dropout { get; init; }

    /// <summary>The channels of the time embedding inside the network.</summary>
    public int EmbeddingChannels => 4 * ModelChannels;

    /// <summary>The published code's multipliers for an image size.</summary>
    /// <param name="imageSize">The side of the square images.</param>
    /// <exception cref="CertiPureException">None are published for this size.</exception>
    public static IReadOnlyList<int> DefaultChannelMultipliers(int imageSize) => imageSize switch
    {
        32 => [1, 2, 2, 2],
        64 => [1, 2, 3, 4],
        128 => [1, 1, 2, 3, 4],
        256 => [1, 1, 2, 2, 4, 4],
        _ => throw new CertiPureException(
            $"No channel multipliers are published for OpenAI's UNet at {imageSize}x{imageSize}: give channel_mult."),
    };
}
