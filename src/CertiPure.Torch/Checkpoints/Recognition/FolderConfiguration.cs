using System.Globalization;
using System.Text.Json;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>What the JSON files beside a classifier's weights say that its tensors do not: transformers' <c>config.json</c> and
/// <c>preprocessor_config.json</c>, and timm's <c>config.json</c>.</summary>
internal static class FolderConfiguration
{
    /// <summary>The number of attention heads, or null.</summary>
    public static int? Heads(Checkpoint checkpoint) => Read<int?>(checkpoint, "config", root =>
        root.TryGetProperty("num_attention_heads", out JsonElement heads)
        && heads.ValueKind == JsonValueKind.Number && heads.TryGetInt32(out int count) && count > 0 ? count : null);

    /// <summary>Mean and standard deviation as metadata write them, or null. Those that the weights themselves hold go before.</summary>
    public static (string Mean, string Deviation)? Pixels(Checkpoint checkpoint) =>
        checkpoint.Metadata.TryGetValue("mean", out string? mean) && checkpoint.Metadata.TryGetValue("std", out string? deviation)
            ? (mean, deviation)
            : Read(checkpoint, "preprocessor", Transformers) ?? Read(checkpoint, "config", Timm);

    private static (string Mean, string Deviation)? Transformers(JsonElement root)
    {
        bool isRescaled = !root.TryGetProperty("do_rescale", out JsonElement rescale) || rescale.ValueKind == JsonValueKind.True;
        if (!isRescaled)
        {
            return null;
        }

        return root.TryGetProperty("do_normalize", out JsonElement normalize) && normalize.ValueKind == JsonValueKind.False
            ? ("0,0,0", "1,1,1")
            : Pair(root, "image_mean", "image_std");
    }

    private static (string Mean, string Deviation)? Timm(JsonElement root) =>
        root.TryGetProperty("pretrained_cfg", out JsonElement configuration) && configuration.ValueKind == JsonValueKind.Object
            ? Pair(configuration, "mean", "std")
            : null;

    private static (string Mean, string Deviation)? Pair(JsonElement root, string mean, string deviation) =>
        Numbers(root, mean) is { } first && Numbers(root, deviation) is { } second ? (first, second) : null;

    private static string? Numbers(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 3)
        {
            return null;
        }

        var numbers = new List<string>();
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out double number) || !double.IsFinite(number))
            {
                return null;
            }

            numbers.Add(number.ToString("R", CultureInfo.InvariantCulture));
        }

        return string.Join(',', numbers);
    }

    private static TValue? Read<TValue>(Checkpoint checkpoint, string key, Func<JsonElement, TValue?> read)
    {
        if (!checkpoint.Metadata.TryGetValue(key, out string? text))
        {
            return default;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
