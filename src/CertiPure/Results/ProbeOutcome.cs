using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>What the probe of the base classifier's contract saw before the first vote.</summary>
/// <param name="Batches">The batches that were classified.</param>
/// <param name="LargestDifference">The largest difference of an image's scores between two places in a batch, as a share of the
/// largest score; at the same place with other neighbours there is none.</param>
/// <param name="Tolerance">The difference above which the base classifier would have been refused.</param>
public sealed record ProbeOutcome(int Batches, double LargestDifference, double Tolerance)
{
    /// <summary>Whether the first batch had the same scores once more after the last vote; null while the run goes on, or where it was
    /// interrupted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? SameAfterRun { get; init; }
}
