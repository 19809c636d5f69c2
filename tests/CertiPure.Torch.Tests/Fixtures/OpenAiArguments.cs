using System.Globalization;
using System.Text.Json;
using CertiPure.Torch.Networks.Denoising;
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
                ? [.. Numbers(multipliers.GetString()!).Select(multiplier => (double)multiplier)]
                : [],
            AttentionResolutions = Numbers(arguments.GetProperty("attention_resolutions").GetString()!),
            Heads = arguments.GetProperty("num_heads").GetInt32(),
            HeadChannels = headChannels > 0 ? headChannels : null,
            Classes = arguments.GetProperty("class_cond").GetBoolean() ? ImageNetClasses : 0,
            ScaleShiftNorm = arguments.GetProperty("use_scale_shift_norm").GetBoolean(),
            ResidualUpDown = arguments.TryGetProperty("resblock_updown", out JsonElement upDown) && upDown.GetBoolean(),
            NewAttentionOrder = arguments.TryGetProperty("use_new_attention_order", out JsonElement order) && order.GetBoolean(),
            Dropout = arguments.GetProperty("dropout").GetDouble(),
        };
    }

    /// <summary>The schedule that guided and improved diffusion's scripts take: betas on a line are scaled by 1000 / T.</summary>
    public static DiffusionOptions ReadDiffusion(JsonElement arguments)
    {
        int steps = arguments.GetProperty("diffusion_steps").GetInt32();
        return new DiffusionOptions
        {
            NumTrainTimesteps = steps,
            BetaSchedule = arguments.GetProperty("noise_schedule").GetString() == "cosine" ? BetaSchedule.Cosine : BetaSchedule.Linear,
            BetaStart = 1e-4 * 1000 / steps,
            BetaEnd = 0.02 * 1000 / steps,
            PredictionType = arguments.GetProperty("predict_xstart").GetBoolean() ? PredictionType.Sample : PredictionType.Epsilon,
            RescaleTimesteps = arguments.GetProperty("rescale_timesteps").GetBoolean(),
        };
    }

    private static int[] Numbers(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(item => int.Parse(item, CultureInfo.InvariantCulture))];
}
