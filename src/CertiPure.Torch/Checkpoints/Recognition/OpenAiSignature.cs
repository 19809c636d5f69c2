using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises OpenAI's two UNets. The image size and the attention heads leave no trace in the shapes; they are taken to be
/// the published ones.</summary>
internal static class OpenAiSignature
{
    /// <summary>The network, or null if it is neither.</summary>
    public static RecognisedNetwork? Recognise(NamedShapes shapes)
    {
        if (!shapes.Has("time_embed.0.weight", "input_blocks.0.0.weight", "out.2.weight") || shapes.Size("time_embed.0.weight", 1) is not (> 0 and var channels))
        {
            return null;
        }

        int blocks = shapes.CountFrom(i => InputBlock(i + 1, shapes)) + 1;
        bool residualDown = shapes.CountFrom(i => $"input_blocks.{i + 1}.0.in_layers.2.weight") + 1 == blocks;
        string architecture = residualDown ? nameof(ConsistencyUNet) : nameof(ImprovedDiffusionUNet);
        string description = residualDown
            ? $"the UNet of OpenAI's consistency models, {channels} channels"
            : $"improved diffusion's UNet, {channels} channels";
        Dictionary<string, string> metadata = residualDown ? [] : new() { ["preconditioning"] = "ddpm" };
        string? arguments = Levels(shapes, blocks, residualDown) is { } levels ? Arguments(shapes, levels, channels, residualDown) : null;
        return new RecognisedNetwork(description, architecture, arguments, metadata);
    }

    private static string? Arguments(NamedShapes shapes, int[][] levels, int channels, bool residualDown)
    {
        int[] multipliers = [.. levels.Select(level => OutputChannels(shapes, level[0]) / channels)];
        int imageSize = multipliers switch
        {
            [1, 2, 2, 2] => 32,
            [1, 2, 3, 4] => 64,
            [1, 1, 2, 3, 4] => 128,
            _ => 0,
        };
        if (imageSize == 0)
        {
            return null;
        }

        return ArchitectureArguments.Write(new OpenAiUNetOptions
        {
            ImageSize = imageSize,
            ModelChannels = channels,
            OutputChannels = shapes.Size("out.2.weight", 0),
            ResidualBlocks = levels[^1].Length,
            ChannelMultipliers = multipliers,
            AttentionResolutions =
            [
                .. Enumerable.Range(0, levels.Length)
                    .Where(level => shapes.Has($"input_blocks.{levels[level][0]}.1.qkv.weight"))
                    .Select(level => imageSize >> level),
            ],
            HeadChannels = residualDown ? 64 : null,
            Classes = shapes.Size("label_emb.weight", 0),
            ScaleShiftNorm = shapes.Size("input_blocks.1.0.emb_layers.1.weight", 0) == 2 * OutputChannels(shapes, 1),
            ResidualUpDown = residualDown,
        });
    }

    // The input blocks of each level, without those that halve the resolution.
    private static int[][]? Levels(NamedShapes shapes, int blocks, bool residualDown)
    {
        if (!residualDown)
        {
            int[] downs = [0, .. Enumerable.Range(1, blocks - 1).Where(i => shapes.Has($"input_blocks.{i}.0.op.weight")), blocks];
            int[][] levels = [.. downs.Zip(downs.Skip(1), (from, to) => Enumerable.Range(from + 1, Math.Max(to - from - 1, 0)).ToArray())];
            return levels.All(level => level.Length == levels[0].Length && level.Length > 0) ? levels : null;
        }

        // All blocks look alike: take the division into equal levels (with one halving block each, but for the last) at whose
        // borders, and nowhere else, the channels change.
        for (int count = blocks; count >= 1; count--)
        {
            if (blocks % count == 0 && blocks / count > 1)
            {
                int each = blocks / count;
                int[][] levels = [.. Enumerable.Range(0, count).Select(level => Enumerable.Range((level * each) + 1, each - 1).ToArray())];
                int[] channels = [.. levels.Select(level => OutputChannels(shapes, level[0]))];
                if (levels.Zip(channels).All(pair => pair.First.All(block => OutputChannels(shapes, block) == pair.Second))
                    && channels.Zip(channels.Skip(1)).All(pair => pair.First != pair.Second))
                {
                    return levels;
                }
            }
        }

        return null;
    }

    private static int OutputChannels(NamedShapes shapes, int block) => shapes.Size($"input_blocks.{block}.0.in_layers.2.weight", 0);

    private static string InputBlock(int index, NamedShapes shapes) =>
        shapes.Has($"input_blocks.{index}.0.op.weight") ? $"input_blocks.{index}.0.op.weight" : $"input_blocks.{index}.0.in_layers.2.weight";
}
