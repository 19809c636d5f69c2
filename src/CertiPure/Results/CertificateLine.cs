using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>A certificate as JSON has it, in format version 1 or 2: the looks distinguish the two.</summary>
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

/// <summary>A look as JSON has it: <c>{n, votes, alphaA, alphaB}</c>, or where the votes of one class alone are known
/// <c>{n, k, alpha}</c>. Votes are a list up to <see cref="MostListed"/> classes, above that an object of the classes with votes.</summary>
internal sealed record LookLine(int N)
{
    /// <summary>The most classes whose votes are written as a list.</summary>
    internal const int MostListed = 100;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? K { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Alpha { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Votes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AlphaA { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AlphaB { get; init; }

    internal static LookLine Of(Look look) => look.Votes is not { } votes
        ? new LookLine(look.N) { K = look.K, Alpha = look.AlphaA }
        : new LookLine(look.N)
        {
            Votes = votes.Count <= MostListed
                ? JsonSerializer.SerializeToElement([.. votes], ResultsJson.Compact.Int32Array)
                : JsonSerializer.SerializeToElement(
                    votes.Index().Where(one => one.Item > 0).ToDictionary(one => one.Index, one => one.Item),
                    ResultsJson.Compact.DictionaryInt32Int32),
            AlphaA = look.AlphaA,
            AlphaB = look.AlphaB,
        };

    /// <summary>The look, whose class the selection draws chose.</summary>
    /// <exception cref="JsonException">It has neither form, or its votes cannot be.</exception>
    internal Look Read(int selected, int classes)
    {
        if (this is { K: { } k, Alpha: { } alpha, Votes: null, AlphaA: null, AlphaB: null })
        {
            return new Look(N, k, alpha);
        }

        if (this is not { K: null, Alpha: null, Votes: { } json, AlphaA: { } alphaA, AlphaB: { } alphaB })
        {
            throw new JsonException("a look has either n, votes, alphaA and alphaB, or n, k and alpha");
        }

        int[] votes = ReadVotes(json, classes);
        return votes.Length == classes && votes.All(count => count >= 0) && votes.Sum(count => (long)count) == N
            ? new Look(votes, selected, alphaA, alphaB)
            : throw new JsonException($"the votes of a look must be one count per class and sum to its n = {N}");
    }

    private static int[] ReadVotes(JsonElement json, int classes)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            return json.Deserialize(ResultsJson.Compact.Int32Array)!;
        }

        var votes = new int[classes];
        foreach ((int label, int count) in json.Deserialize(ResultsJson.Compact.DictionaryInt32Int32) ?? [])
        {
            votes[label >= 0 && label < classes
                ? label
                : throw new JsonException($"a look has votes for class {label} of {classes}")] = count;
        }

        return votes;
    }
}
