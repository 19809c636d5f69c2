using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>A certificate as JSON has it, in format version 1 or 2: how the looks count tells the two apart.</summary>
internal sealed record CertificateLine(
    [property: JsonPropertyOrder(-2)] int Id,
    int? Label,
    int? Predicted,
    IReadOnlyList<int> Selection,
    IReadOnlyList<LookLine> Looks,
    int Draws,
    double LowerBound)
{
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? UpperBound { get; init; }

    public required double Radius { get; init; }

    public required double Seconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Routing? Routing { get; init; }
}
