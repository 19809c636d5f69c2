using System.Globalization;
using System.Text.Json;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>The arguments of OpenAI's scripts as this project's.</summary>
internal static class OpenAiArguments
{
    private const int ImageNetClasses = 1000;

    public static OpenAiUNetOptions Read(JsonElement arguments)
    {
        int headChannels = arguments.TryGetProperty("num_head_channels", out JsonElement given) ? given.GetInt32() : -1;
        return new OpenAiUNetOptions
        {
            ImageSize = arguments.GetProperty("image_size").GetInt32(),
            ModelChannels = arguments.GetProperty("num_channels").GetInt32(),
            OutputChannels = arguments.GetProperty("learn_sigma").GetBoolean() ? 6 : 3,
            ResidualBlocks = arguments.GetProperty("num_res_blocks").GetInt32(),
            ChannelMultipliers = arguments.TryGetProperty("channel_mult", out JsonElement multipliers)
                ? Numbers(multipliers.GetString()!)
                : [],
            AttentionResolutions = Numbers(arguments.GetProperty("attention_resolutions").GetString()!),
            Heads = arguments.GetProperty("num_heads").GetInt32(),
            HeadChannels = headChannels > 0 ? headChannels : null,
            Classes = arguments.GetProperty("class_cond").GetBoolean() ? ImageNetClasses : 0,
            ScaleShiftNorm = arguments.GetProperty("use_scale_shift_norm").GetBoolean(),
            ResidualUpDown = arguments.TryGetProperty("resblock_updown", out JsonElement upDown) && upDown.GetBoolean(),
            Dropout = arguments.GetProperty("dropout").GetDouble(),
        };
    }

    private static int[] Numbers(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(item => int.Parse(item, CultureInfo.InvariantCulture))];
}
