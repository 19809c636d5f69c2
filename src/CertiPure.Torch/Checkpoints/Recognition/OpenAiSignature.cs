using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises OpenAI's three UNets. The image size, the attention heads and the schedule leave no trace in the shapes; they are
/// taken to be the published ones.</summary>
internal static class OpenAiSignature
{
    /// <summary>The network, or null if it is none of them.</summary>
    public static RecognisedNetwork? Recognise(NamedShapes shapes)
    {
        if (!shapes.Has("time_embed.0.weight", "input_blocks.0.0.weight", "out.2.weight")
            || shapes.Size("time_embed.0.weight", 1) is not (> 0 and var channels))
        {
            return null;
        }

        int outputs = shapes.CountFrom(i => $"output_blocks.{i}.0.in_layers.2.weight");
        int[] ups = [.. Enumerable.Range(0, outputs).Where(i => Doubles(shapes, i))];
        int levels = ups.Length + 1;
        bool isResidual = ups.Length > 0 && !shapes.Has($"output_blocks.{ups[0]}.1.conv.weight") && !shapes.Has($"output_blocks.{ups[0]}.2.conv.weight");

        // The consistency models' attention has two-dimensional kernels.
        bool isOverPixels = shapes.Size("middle_block.1.qkv.weight", 3) == 1;
        (string architecture, string name) = (isResidual, isOverPixels) switch
        {
            (true, true) => (nameof(ConsistencyUNet), "the UNet of OpenAI's consistency models"),
            (true, false) => (nameof(GuidedDiffusionUNet), "guided diffusion's UNet"),
            _ => (nameof(ImprovedDiffusionUNet), "improved diffusion's UNet"),
        };
        int blocks = outputs % levels == 0 ? (outputs / levels) - 1 : 0;
        double[] multipliers =
        [
            .. Enumerable.Range(0, blocks > 0 ? levels : 0)
                .Select(level => (double)OutputChannels(shapes, (level * (blocks + 1)) + 1) / channels),
        ];
        int imageSize = multipliers switch
        {
            [1, 2, 2, 2] => 32,
            [1, 2, 3, 4] => 64,
            [1, 1, 2, 3, 4] => 128,
            [1, 1, 2, 2, 4, 4] => 256,
            [0.5, 1, 1, 2, 2, 4, 4] => 512,
            _ => 0,
        };
        string? arguments = imageSize == 0 ? null : ArchitectureArguments.Write(new OpenAiUNetOptions
        {
            ImageSize = imageSize,
            ModelChannels = channels,
            OutputChannels = shapes.Size("out.2.weight", 0),
            ResidualBlocks = blocks,
            ChannelMultipliers = multipliers,
            AttentionResolutions =
            [
                .. Enumerable.Range(0, levels)
                    .Where(level => shapes.Has($"input_blocks.{(level * (blocks + 1)) + 1}.1.qkv.weight"))
                    .Select(level => imageSize >> level),
            ],
            HeadChannels = isResidual && (isOverPixels || imageSize != 128) ? 64 : null,
            NewAttentionOrder = architecture == nameof(GuidedDiffusionUNet) && imageSize == 64,
            Classes = shapes.Size("label_emb.weight", 0),
            ScaleShiftNorm = shapes.Size("input_blocks.1.0.emb_layers.1.weight", 0) == 2 * OutputChannels(shapes, 1),
            ResidualUpDown = isResidual,
        });
        return new RecognisedNetwork($"{name}, {channels} channels", architecture, arguments, Metadata(architecture, imageSize));
    }

    private static IReadOnlyDictionary<string, string> Metadata(string architecture, int imageSize) => (architecture, imageSize) switch
    {
        (nameof(ConsistencyUNet), _) => new Dictionary<string, string>(),
        (nameof(ImprovedDiffusionUNet), < 256) => new DdpmPreconditioning().Metadata,
        (nameof(GuidedDiffusionUNet), 64) => Diffusion(new DiffusionOptions { BetaSchedule = BetaSchedule.Cosine }),
        _ => Diffusion(new DiffusionOptions()),
    };

    private static IReadOnlyDictionary<string, string> Diffusion(DiffusionOptions options) =>
        new DdpmPreconditioning { Options = options }.Metadata;

    // The last stage of each resolution but the finest doubles it, by a convolution or by a second residual block.
    private static bool Doubles(NamedShapes shapes, int stage) => Enumerable.Range(1, 2).Any(layer =>
        shapes.Has($"output_blocks.{stage}.{layer}.conv.weight") || shapes.Has($"output_blocks.{stage}.{layer}.in_layers.2.weight"));

    private static int OutputChannels(NamedShapes shapes, int block) => shapes.Size($"input_blocks.{block}.0.in_layers.2.weight", 0);
}
