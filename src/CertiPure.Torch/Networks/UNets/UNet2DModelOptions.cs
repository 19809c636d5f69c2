using System.Text.Json.Serialization;
using CertiPure.Images;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The shape of a diffusers <c>UNet2DModel</c>, in the terms and with the defaults of its <c>config.json</c>. Options with which
/// this project does not compute are refused by name.</summary>
public sealed record UNet2DModelOptions : INetworkOptions
{
    /// <summary>The side of the square images.</summary>
    public required int SampleSize { get; init; }

    /// <summary>The image's channels.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>The number of output channels: the image's, or twice as many where a variance is learnt too.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Whether the network itself maps its input x to 2x - 1; not supported.</summary>
    public bool CenterInputSample { get; init; }

    /// <summary>The embedding of the time: <c>positional</c> alone is supported.</summary>
    public string TimeEmbeddingType { get; init; } = "positional";

    /// <summary>The channels of the time embedding; null for four times those of the first block.</summary>
    public int? TimeEmbeddingDim { get; init; }

    /// <summary>See <see cref="SinusoidalEmbedding"/>.</summary>
    public double FreqShift { get; init; }

    /// <summary>Whether cosines come before sines in the time embedding.</summary>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>The kind of each resolution's blocks on the way down, from the finest: <c>DownBlock2D</c>, <c>AttnDownBlock2D</c> or
    /// <c>ResnetDownsampleBlock2D</c>.</summary>
    public IReadOnlyList<string> DownBlockTypes { get; init; } = ["DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"];

    /// <summary>The middle: <c>UNetMidBlock2D</c> alone is supported.</summary>
    public string? MidBlockType { get; init; } = "UNetMidBlock2D";

    /// <summary>The kind of each resolution's blocks on the way up, from the coarsest: <c>UpBlock2D</c>, <c>AttnUpBlock2D</c> or
    /// <c>ResnetUpsampleBlock2D</c>.</summary>
    public IReadOnlyList<string> UpBlockTypes { get; init; } = ["AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"];

    /// <summary>The channels of each resolution, from the finest.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [224, 448, 672, 896];

    /// <summary>Residual blocks per resolution on the way down; there is one more on the way up.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>What divides the middle's sums: 1 alone is supported.</summary>
    public double MidBlockScaleFactor { get; init; } = 1;

    /// <summary>The padding of convolutions that halve the resolution: 1 on all sides, or 0 for one at the right and the bottom.</summary>
    public int DownsamplePadding { get; init; } = 1;

    /// <summary>What halves the resolution behind an <c>AttnDownBlock2D</c>: <c>conv</c> or <c>resnet</c>.</summary>
    public string? DownsampleType { get; init; } = "conv";

    /// <summary>What doubles the resolution behind an <c>AttnUpBlock2D</c>: <c>conv</c> or <c>resnet</c>.</summary>
    public string? UpsampleType { get; init; } = "conv";

    /// <summary>The share of activations that dropout clears while training.</summary>
    public double Dropout { get; init; }

    /// <summary>The activation: <c>silu</c> alone is supported.</summary>
    public string ActFn { get; init; } = "silu";

    /// <summary>The channels of one attention head, or null for a single head.</summary>
    public int? AttentionHeadDim { get; init; } = 8;

    /// <summary>Normalisation groups.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Groups of the middle attention's normalisation; null for <see cref="NormNumGroups"/> where the time is added, and for no
    /// normalisation where it scales and shifts.</summary>
    public int? AttnNormNumGroups { get; init; }

    /// <summary>Added to the variance in normalisations.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary>Whether the time is added (<c>default</c>) or scales and shifts (<c>scale_shift</c>).</summary>
    public string ResnetTimeScaleShift { get; init; } = "default";

    /// <summary>Whether the middle has attention.</summary>
    public bool AddAttention { get; init; } = true;

    /// <summary>The kind of class embedding: null alone is supported, a table of <see cref="NumClassEmbeds"/> classes.</summary>
    public string? ClassEmbedType { get; init; }

    /// <summary>The number of classes that it is conditioned on, null for none.</summary>
    public int? NumClassEmbeds { get; init; }

    /// <summary>The number of steps of a learnt time embedding, which is not supported.</summary>
    public int? NumTrainTimesteps { get; init; }

    /// <summary>
    /// Not of diffusers' file but of its scheduler: the network's time input is so many times that of its preconditioning. 1000 for
    /// consistency models (<c>CMStochasticIterativeScheduler</c>), 1 for all others.
    /// </summary>
    public double TimeScale { get; init; } = 1;

    double INetworkOptions.LeastWeights
    {
        get
        {
            double embedding = TimeEmbeddingDim ?? 4.0 * (BlockOutChannels.Count > 0 ? BlockOutChannels[0] : 0);
            return BlockOutChannels.Sum(channels => LayerWeights.Blocks(LayersPerBlock + 1.0, channels, embedding))
                + LayerWeights.Dense(embedding, embedding)
                + LayerWeights.Dense(NumClassEmbeds ?? 0, embedding)
                + (9 * LayerWeights.Dense(InChannels + (double)OutChannels, BlockOutChannels.Count > 0 ? BlockOutChannels[0] : 0));
        }
    }

    /// <summary>What the network is built of.</summary>
    /// <exception cref="ArgumentException">An option is impossible, or not supported.</exception>
    internal UNetPlan Plan()
    {
        Refuse(CenterInputSample, "center_input_sample true");
        Refuse(TimeEmbeddingType != "positional", $"time_embedding_type {TimeEmbeddingType}");
        Refuse(MidBlockType != "UNetMidBlock2D", $"mid_block_type {MidBlockType ?? "null"}");
        Refuse(MidBlockScaleFactor != 1, "a mid_block_scale_factor other than 1");
        Refuse(DownsamplePadding is not (0 or 1), $"downsample_padding {DownsamplePadding}");
        Refuse(ActFn is not ("silu" or "swish"), $"act_fn {ActFn}");
        Refuse(ClassEmbedType is not null, $"class_embed_type {ClassEmbedType}");
        Refuse(ResnetTimeScaleShift is not ("default" or "scale_shift"), $"resnet_time_scale_shift {ResnetTimeScaleShift}");
        int levels = BlockOutChannels.Count;
        if (levels is < 1 or > 16 || DownBlockTypes.Count != levels || UpBlockTypes.Count != levels)
        {
            throw new ArgumentException("block_out_channels, down_block_types and up_block_types must be of one length, 1 to 16");
        }

        if (BlockOutChannels.Any(channels => channels < 1) || LayersPerBlock < 1 || InChannels < 1 || OutChannels < InChannels
            || AttentionHeadDim < 1 || NormNumGroups < 1 || TimeEmbeddingDim < 1 || BlockOutChannels[0] % 2 != 0)
        {
            throw new ArgumentException("sizes must be at least 1, the first block's channels even, and out_channels at least in_channels");
        }

        if (SampleSize < 1 || SampleSize > 4096 || SampleSize % (1 << (levels - 1)) != 0)
        {
            throw new ArgumentException($"sample_size {SampleSize} is not a multiple of {1 << (levels - 1)} up to 4096");
        }

        return new UNetPlan
        {
            Shape = new ImageShape(InChannels, SampleSize, SampleSize),
            OutputChannels = OutChannels,
            TimeChannels = BlockOutChannels[0],
            EmbeddingChannels = TimeEmbeddingDim ?? 4 * BlockOutChannels[0],
            FirstChannels = BlockOutChannels[0],
            Levels = [.. Enumerable.Range(0, levels).Select(Level)],
            ResidualBlocks = LayersPerBlock,
            Heads = channels => channels / (AttentionHeadDim ?? channels),
            Attention = AttentionForm.QueriesFirstOverPixels,
            MiddleAttention = AddAttention,
            MiddleAttentionGroups = AttnNormNumGroups ?? (ResnetTimeScaleShift == "default" ? NormNumGroups : 0),
            Groups = NormNumGroups,
            Epsilon = NormEps,
            ScaleShift = ResnetTimeScaleShift == "scale_shift",
            PadsAllSides = DownsamplePadding == 1,
            FrequencyShift = FreqShift,
            SinesFirst = !FlipSinToCos,
            Classes = NumClassEmbeds ?? 0,
            Dropout = Dropout,
        };
    }

    /// <summary>The options with which UNet2DModel is the network of a plan.</summary>
    /// <exception cref="CertiPureException">UNet2DModel cannot express it.</exception>
    internal static UNet2DModelOptions Of(UNetPlan plan, double timeScale)
    {
        UNetLevel[] levels = [.. plan.Levels];
        int coarsest = levels[^1].Channels;
        int[] attended = [.. levels.Where(level => level.AttentionDown || level.AttentionUp).Select(level => level.Channels).Append(coarsest)];
        int[] perHead = [.. attended.Select(channels => channels / plan.Heads(channels)).Distinct()];
        Inexpressible(perHead.Length > 1, "its attention has a fixed number of heads at different channels");
        Inexpressible(
            plan.TimeChannels != levels[0].Channels || plan.FirstChannels != levels[0].Channels,
            "its first resolution has other channels than its time embedding");
        bool residualDown = levels.SkipLast(1).Any(level => level.AttentionDown && level.ResidualDown);
        bool residualUp = levels.Skip(1).Any(level => level.AttentionUp && level.ResidualUp);
        Inexpressible(
            levels.SkipLast(1).Any(level => level.AttentionDown && level.ResidualDown != residualDown)
                || levels.Skip(1).Any(level => level.AttentionUp && level.ResidualUp != residualUp),
            "resolutions with attention are halved or doubled in different ways");
        return new UNet2DModelOptions
        {
            SampleSize = plan.Shape.Width,
            InChannels = plan.Shape.Channels,
            OutChannels = plan.OutputChannels,
            TimeEmbeddingDim = plan.EmbeddingChannels == 4 * levels[0].Channels ? null : plan.EmbeddingChannels,
            FreqShift = plan.FrequencyShift,
            FlipSinToCos = !plan.SinesFirst,
            DownBlockTypes =
            [
                .. levels.Select(level => level.AttentionDown ? "AttnDownBlock2D" : level.ResidualDown ? "ResnetDownsampleBlock2D" : "DownBlock2D"),
            ],
            UpBlockTypes =
            [
                .. levels.Reverse().Select(level => level.AttentionUp ? "AttnUpBlock2D" : level.ResidualUp ? "ResnetUpsampleBlock2D" : "UpBlock2D"),
            ],
            BlockOutChannels = [.. levels.Select(level => level.Channels)],
            LayersPerBlock = plan.ResidualBlocks,
            DownsamplePadding = plan.PadsAllSides ? 1 : 0,
            DownsampleType = residualDown ? "resnet" : "conv",
            UpsampleType = residualUp ? "resnet" : "conv",
            Dropout = plan.Dropout,
            AttentionHeadDim = perHead[0],
            NormNumGroups = plan.Groups,
            AttnNormNumGroups = plan.MiddleAttentionGroups is 0 ? null : plan.MiddleAttentionGroups ?? plan.Groups,
            NormEps = plan.Epsilon,
            ResnetTimeScaleShift = plan.ScaleShift ? "scale_shift" : "default",
            AddAttention = plan.MiddleAttention,
            NumClassEmbeds = plan.Classes > 0 ? plan.Classes : null,
            TimeScale = timeScale,
        };
    }

    private static void Inexpressible(bool isInexpressible, string reason)
    {
        if (isInexpressible)
        {
            throw new CertiPureException($"diffusers' UNet2DModel cannot express this network: {reason}.");
        }
    }

    private UNetLevel Level(int level)
    {
        string down = DownBlockTypes[level], up = UpBlockTypes[^(level + 1)];
        Refuse(down is not ("DownBlock2D" or "AttnDownBlock2D" or "ResnetDownsampleBlock2D"), $"down_block_types {down}");
        Refuse(up is not ("UpBlock2D" or "AttnUpBlock2D" or "ResnetUpsampleBlock2D"), $"up_block_types {up}");
        return new UNetLevel(
            BlockOutChannels[level],
            down == "AttnDownBlock2D",
            up == "AttnUpBlock2D",
            down == "ResnetDownsampleBlock2D" || (down == "AttnDownBlock2D" && IsResidual(DownsampleType, "downsample_type")),
            up == "ResnetUpsampleBlock2D" || (up == "AttnUpBlock2D" && IsResidual(UpsampleType, "upsample_type")));
    }

    private static bool IsResidual(string? type, string option)
    {
        Refuse(type is not (null or "conv" or "resnet"), $"{option} {type}");
        return type == "resnet";
    }

    private static void Refuse(bool isUnsupported, string option)
    {
        if (isUnsupported)
        {
            throw new ArgumentException($"{option} is not supported");
        }
    }
}
