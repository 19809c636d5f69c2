using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Certified routing between a smoothed and a plain model (ACES); the hashes of its weights stand under
/// <see cref="Experiment.Weights"/> as <c>core</c> and <c>selector</c>.</summary>
/// <param name="Core">The plain model: a bundled name or the file's name.</param>
/// <param name="Selection">The mechanism: <c>entropy</c> or <c>network</c>.</param>
/// <param name="EntropyThreshold">For <c>entropy</c>: the largest entropy of the core's answer, 0 to 1, with which a draw is
/// smoothed.</param>
/// <param name="Selector">For <c>network</c>: the selection network, a bundled name or the file's name.</param>
public sealed record RoutingIdentity(
    string Core,
    string Selection,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? EntropyThreshold = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Selector = null)
{
    /// <summary>Whether the mechanism is known and stands with what belongs to it and nothing else.</summary>
    [JsonIgnore]
    public bool IsValid => Selection switch
    {
        "entropy" => EntropyThreshold is >= 0 and <= 1 && Selector is null,
        "network" => EntropyThreshold is null && Selector is not null,
        _ => false,
    };

    /// <summary>Selection by entropy.</summary>
    /// <param name="core">The plain model.</param>
    /// <param name="threshold">The largest entropy, 0 to 1.</param>
    public static RoutingIdentity ByEntropy(string core, double threshold) => new(core, "entropy", threshold);

    /// <summary>Selection by a network.</summary>
    /// <param name="core">The plain model.</param>
    /// <param name="selector">The selection network.</param>
    public static RoutingIdentity ByNetwork(string core, string selector) => new(core, "network", null, selector);
}
