using System.Text.Json.Serialization;
using CertiPure.Images;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The shape of one of OpenAI's diffusion UNets (Nichol and Dhariwal 2021; Dhariwal and Nichol 2021; Song et al.
/// 2023), in the terms of their published code.</summary>
public sealed record OpenAiUNetOptions : INetworkOptions
{
    /// <summary>The side of the square images.</summary>
    [JsonPropertyName("image_size")]
    public required int ImageSize { get; init; }

    /// <summary>The number of channels before multiplication.</summary>
    [JsonPropertyName("num_channels")]
    public required int ModelChannels { get; init; }

    /// <summary>The number of output channels: 3, or 6 where a variance is learnt too.</summary>
    [JsonPropertyName("out_channels")]
    public int OutputChannels { get; init; } = 3;

    /// <summary>Residual blocks per resolution.</summary>
    [JsonPropertyName("num_res_blocks")]
    public required int ResidualBlocks { get; init; }

    /// <summary>The multiple of the model's channels at each resolution, from the finest; empty for those that the published
    /// code has for the image size.</summary>
    [JsonPropertyName("channel_mult")]
    public IReadOnlyList<double> ChannelMultipliers { get; init; } = [];

    /// <summary>The sides at which attention follows each residual block.</summary>
    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    /// <summary>The number of attention heads, where no <see cref="HeadChannels"/> are given.</summary>
    [JsonPropertyName("num_heads")]
    public int Heads { get; init; } = 4;

    /// <summary>The channels of one attention head, or null for a fixed number of heads.</summary>
    [JsonPropertyName("num_head_channels")]
    public int? HeadChannels { get; init; }

    /// <summary>The number of classes that it is conditioned on, 0 for none.</summary>
    [JsonPropertyName("num_classes")]
    public int Classes { get; init; }

    /// <summary>Whether the time modulates as scale and shift behind the second normalisation, or is added before it.</summary>
    [JsonPropertyName("use_scale_shift_norm")]
    public bool ScaleShiftNorm { get; init; } = true;

    /// <summary>Guided diffusion: whether attention's joint channels are ordered (qkv, head, channel), or (head, qkv, channel).</summary>
    [JsonPropertyName("use_new_attention_order")]
    public bool NewAttentionOrder { get; init; }

    /// <summary>Whether residual blocks change the resolution, or convolutions of their own do.</summary>
    [JsonPropertyName("resblock_updown")]
    public bool ResidualUpDown { get; init; }

    /// <summary>The share of activations that dropout clears while training.</summary>
    public double Dropout { get; init; }

    /// <summary>What the network is built of.</summary>
    /// <param name="form">The form of attention in this family.</param>
    /// <exception cref="ArgumentException">No multiples are given, and none are published for the image size.</exception>
    internal UNetPlan Plan(AttentionForm form)
    {
        IReadOnlyList<double> multipliers = EffectiveMultipliers();
        int Channels(double multiplier) => (int)(multiplier * ModelChannels);
        return new UNetPlan
        {
            Shape = new ImageShape(3, ImageSize, ImageSize),
            OutputChannels = OutputChannels,
            TimeChannels = ModelChannels,
            EmbeddingChannels = 4 * ModelChannels,
            FirstChannels = Channels(multipliers[0]),
            Levels =
            [
                .. multipliers.Select((multiplier, level) =>
                {
                    bool attention = AttentionResolutions.Contains(ImageSize >> level);
                    return new UNetLevel(Channels(multiplier), attention, attention, ResidualUpDown, ResidualUpDown);
                }),
            ],
            ResidualBlocks = ResidualBlocks,
            Heads = channels => HeadChannels is int perHead ? channels / perHead : Heads,
            Attention = form,
            ScaleShift = ScaleShiftNorm,
            Classes = Classes,
            Dropout = Dropout,
        };
    }

    private IReadOnlyList<double> EffectiveMultipliers() => (ChannelMultipliers.Count, ImageSize) switch
    {
        ( > 0, _) => ChannelMultipliers,
        (_, 32) => [1, 2, 2, 2],
        (_, 64) => [1, 2, 3, 4],
        (_, 128) => [1, 1, 2, 3, 4],
        (_, 256) => [1, 1, 2, 2, 4, 4],
        (_, 512) => [0.5, 1, 1, 2, 2, 4, 4],
        _ => throw new ArgumentException($"image_size {ImageSize} has no published channel_mult, so give one"),
    };

    double INetworkOptions.LeastWeights
    {
        get
        {
            double embedding = 4.0 * ModelChannels;
            return EffectiveMultipliers().Sum(
                    multiplier => LayerWeights.Blocks(ResidualBlocks + 1.0, multiplier * ModelChannels, embedding))
                + LayerWeights.Dense(embedding, embedding)
                + LayerWeights.Dense(Classes, embedding)
                + (9 * LayerWeights.Dense(OutputChannels, ModelChannels));
        }
    }
}
