using System.Globalization;
using System.Text.Json;
using CertiPure.Torch.Networks;

namespace CertiPure.Torch.Tests.Fixtures;

internal static class OpenAiArguments
{
    public static OpenAiUNetOptions Read(JsonElement a)
    {
        int size = a.GetProperty("image_size").GetInt32();
        int perHead = a.TryGetProperty("num_head_channels", out JsonElement h) ? h.GetInt32() : -1;
        return new OpenAiUNetOptions
        {
            ImageSize = size,
            ModelChannels = a.GetProperty("num_channels").GetInt32(),
            OutputChannels = a.GetProperty("learn_sigma").GetBoolean() ? 6 : 3,
            ResidualBlocks = a.GetProperty("num_res_blocks").GetInt32(),
            ChannelMultipliers = OpenAiUNetOptions.DefaultChannelMultipliers(size),
            AttentionResolutions = [.. a.GetProperty("attention_resolutions").GetString()!.Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture))],
            Heads = a.GetProperty("num_heads").GetInt32(),
            HeadChannels = perHead > 0 ? perHead : null,
            Classes = a.GetProperty("class_cond").GetBoolean() ? 1000 : null,
            ScaleShiftNorm = a.GetProperty("use_scale_shift_norm").GetBoolean(),
            ResidualUpDown = a.TryGetProperty("resblock_updown", out JsonElement u) && u.GetBoolean(),
            Dropout = a.GetProperty("dropout").GetDouble(),
        };
    }
}
