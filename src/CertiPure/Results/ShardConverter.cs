using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

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
