using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Images;

namespace CertiPure.Results;

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
