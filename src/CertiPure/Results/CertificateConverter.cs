using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

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
