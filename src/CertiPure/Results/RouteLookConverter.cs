using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

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
