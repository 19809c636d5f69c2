namespace CertiPure.Recipes.Presets;

/// <summary>What a training will be and take: the answer to <c>--dry-run</c>.</summary>
/// <param name="Recipe">All options resolved.</param>
/// <param name="Parameters">The number of trained parameters.</param>
/// <param name="Images">The number of training images.</param>
/// <param name="ImagesPerSecond">Throughput of a few real steps on this machine, right now.</param>
/// <param name="Hours">What all steps take at that throughput.</param>
public sealed record TrainingEstimate(System.Text.Json.JsonElement Recipe, long Parameters, int Images, double ImagesPerSecond, double Hours);
