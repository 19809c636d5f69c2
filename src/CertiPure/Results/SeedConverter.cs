using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

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
