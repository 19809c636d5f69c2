using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>Writes seeds above 2^53, which many JSON readers would round, as strings of digits; reads both forms of every seed.</summary>
internal sealed class SeedConverter : JsonConverter<ulong>
{
    private const ulong LargestExact = 1UL << 53;

    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetUInt64(out ulong seed) => seed,
        JsonTokenType.String when ulong.TryParse(
            reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) => seed,
        _ => throw new JsonException("a seed is a whole number from 0 to 2^64 - 1"),
    };

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options)
    {
        if (value <= LargestExact)
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>Writes a seed's origin as a word and reads nothing but these words.</summary>
internal sealed class SeedOriginConverter() : JsonStringEnumConverter<SeedOrigin>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Writes an image shape as people do: <c>"3x32x32"</c>.</summary>
internal sealed class ImageShapeConverter : JsonConverter<ImageShape>
{
    /// <summary>An image of more values is none that is certified, and their number would run over.</summary>
    private const long MostValues = 1 << 28;

    public override ImageShape Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string[] parts = (reader.GetString() ?? "").Split('x');
        if (parts.Length == 3
            && TryParse(parts[0], out int channels)
            && TryParse(parts[1], out int height)
            && TryParse(parts[2], out int width)
            && (long)channels * height * width <= MostValues)
        {
            return new ImageShape(channels, height, width);
        }

        throw new JsonException("An image shape must look like 3x32x32, of at most 2^28 values.");
    }

    public override void Write(Utf8JsonWriter writer, ImageShape value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    private static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is >= 1 and <= 1 << 16;
}

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
                throw new JsonException($"'{Excerpt.Of(range)}' makes more image ids than the {maximum} that are allowed here.");
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

/// <summary>Writes a shard as on the command line: <c>"0/4"</c>.</summary>
internal sealed class ShardConverter : JsonConverter<Shard>
{
    public override Shard Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? "";
        if (text.StartsWith("auto", StringComparison.Ordinal))
        {
            throw new JsonException("A manifest's shard must look like 0/4.");
        }

        try
        {
            return Shard.Parse(text);
        }
        catch (CertiPureException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Shard value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Writes a kind of noise as on the command line, and refuses numbers in its place.</summary>
internal sealed class NoiseKindConverter()
    : JsonStringEnumConverter<NoiseKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Writes a kind of bound as on the command line, and refuses numbers in its place.</summary>
internal sealed class BoundKindConverter()
    : JsonStringEnumConverter<BoundKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Writes an engine as on the command line, and refuses numbers in its place.</summary>
internal sealed class EngineConverter() : JsonStringEnumConverter<Engine>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Reads and writes a look at one count, <c>{n, k, alpha}</c>: a route has only two outcomes.</summary>
internal sealed class RouteLookConverter : JsonConverter<Look>
{
    public override Look Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, ResultsJson.Compact.LookLine) is { K: { } k, Alpha: { } alpha, Votes: null, AlphaA: null, AlphaB: null } line
            ? new Look(line.N, k, alpha)
            : throw new JsonException("the look at a route has n, k and alpha");

    public override void Write(Utf8JsonWriter writer, Look value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, LookLine.Of(value), ResultsJson.Compact.LookLine);
}

/// <summary>Reads and writes a certificate as a <see cref="CertificateLine"/>, strictly, whatever the options around it.</summary>
internal sealed class CertificateConverter : JsonConverter<Certificate>
{
    public override Certificate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        CertificateLine? line = JsonSerializer.Deserialize(ref reader, ResultsJson.Compact.CertificateLine);
        // The serializer checks the members' nullability but not that of a list's elements.
        if (line is null || line.Looks.Contains(null!))
        {
            throw new JsonException("a certificate or a look is null");
        }

        if (line.Selection.Count == 0)
        {
            throw new JsonException("selection has no classes");
        }

        int selected = line.Selection.Index().MaxBy(votes => votes.Item).Index;
        return new Certificate(
            line.Id,
            line.Label,
            line.Predicted,
            line.Selection,
            [.. line.Looks.Select(look => look.Read(selected, line.Selection.Count))],
            line.Draws,
            line.LowerBound,
            line.Radius,
            line.Seconds)
        {
            File = line.File,
            UpperBound = line.UpperBound,
            Routing = line.Routing,
        };
    }

    public override void Write(Utf8JsonWriter writer, Certificate value, JsonSerializerOptions options)
    {
        var line = new CertificateLine(
            value.Id, value.Label, value.Predicted, value.Selection, [.. value.Looks.Select(LookLine.Of)], value.Draws, value.LowerBound)
        {
            File = value.File,
            UpperBound = value.UpperBound,
            Radius = value.Radius,
            Seconds = value.Seconds,
            Routing = value.Routing,
        };
        JsonSerializer.Serialize(writer, line, ResultsJson.Compact.CertificateLine);
    }
}
