using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Which classifier a run certifies; its weights' hash stands under <see cref="Experiment.Weights"/>.</summary>
/// <param name="Name">A bundled name or the file's name.</param>
/// <param name="ClassCount">The number of classes, K.</param>
public sealed record ClassifierIdentity(string Name, int ClassCount)
{
    /// <summary>What happens to a purified image before the classifier's network; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClassifierPreprocessing? Preprocessing { get; init; }

    /// <summary>Which of the network's outputs gives the scores; null for its only one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Output { get; init; }
}
