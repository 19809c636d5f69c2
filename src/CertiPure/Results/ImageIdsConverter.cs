using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>
/// Writes ascending image ids as the ranges of the command line, so that a manifest stays readable:
/// <c>"0..9980:20"</c> for 0, 20, ..., 9980 and <c>"3,7"</c> for single ids. Ranges are inclusive.
/// </summary>
internal sealed class ImageIdsConverter : JsonConverter<IReadOnlyList<int>>
{
    /// <summary>More ids than any data set has; a longer list is a damaged or hostile file.</summary>
    internal const int MaximumCount = 20_000_000;

    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString() ?? "", options == ResultsJson.OneImage.Options ? 1 : MaximumCount);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));

    /// <summary>Ascending ids as the shortest list of ranges that a reader from left to right finds.</summary>
    internal static string Format(IReadOnlyList<int> ids)
    {
        var text = new StringBuilder();
        int start = 0;
        while (start < ids.Count)
        {
            int end = start + 1;
            int step = end < ids.Count ? ids[end] - ids[start] : 0;
            while (end < ids.Count && ids[end] - ids[end - 1] == step)
            {
                end++;
            }

            // Two ids are shorter as "3,7" than as "3..7:4", and leave the second free to begin a longer range.
            bool isRange = end - start >= 3;
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{ids[start]}");
            if (isRange)
            {
                text.Append(CultureInfo.InvariantCulture, $"..{ids[end - 1]}");
                text.Append(step > 1 ? string.Create(CultureInfo.InvariantCulture, $":{step}") : "");
            }

            start = isRange ? end : start + 1;
        }

        return text.ToString();
    }

    /// <summary>The ids of a list of ranges, ascending.</summary>
    /// <param name="text">The ranges, apart by commas.</param>
    /// <param name="maximum">The most ids that they may make together; more are refused before they are made.</param>
    /// <exception cref="JsonException">The text is not a list of ranges in ascending order, or makes too many ids.</exception>
    internal static int[] Parse(string text, int maximum = MaximumCount)
    {
        var ids = new List<int>();
        foreach (Range part in text.AsSpan().Split(','))
        {
            string range = text[part].Trim();
            if (range.Length == 0)
            {
                continue;
            }

            string[] ends = range.Split("..");
            string[] lastAndStep = ends[^1].Split(':');
            int step = 1;
            if (!TryParse(lastAndStep[0], out int last)
                || !TryParse(ends.Length == 1 ? lastAndStep[0] : ends[0], out int first)
                || ends.Length > 2
                || lastAndStep.Length > (ends.Length == 1 ? 1 : 2)
                || (lastAndStep.Length == 2 && (!TryParse(lastAndStep[1], out step) || step < 1))
                || last < first
                || (ids.Count > 0 && first <= ids[^1]))
            {
                throw new JsonException($"'{Excerpt.Of(range)}' is not a range of image ids in ascending order.");
            }

            if ((last - (long)first) / step + ids.Count >= maximum)
            {
                throw new JsonException($"'{Excerpt.Of(range)}' makes more image ids than the {maximum} that may stand here.");
            }

            for (long id = first; id <= last; id += step)
            {
                ids.Add((int)id);
            }
        }

        return [.. ids];
    }

    private static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
