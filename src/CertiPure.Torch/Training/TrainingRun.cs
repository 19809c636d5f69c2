namespace CertiPure.Torch.Training;

/// <summary>What tells one run from another, and where it keeps its state.</summary>
/// <param name="Folder">The folder for <c>state.safetensors</c>, <c>weights.safetensors</c>, <c>stats.jsonl</c> and
/// TensorBoard's event files.</param>
/// <param name="Description">Everything that determines the result, as indented JSON; a run resumes only under the same.</param>
/// <param name="Metadata">What the trained weights carry: <c>architecture</c>, <c>arguments</c> and, for purifiers,
/// <c>preconditioning</c>.</param>
public sealed record TrainingRun(string Folder, string Description, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The file that the run resumes from.</summary>
    public string StatePath => Path.Combine(Folder, "state.safetensors");

    /// <summary>The averaged weights as of the last checkpoint, in half precision, ready for use.</summary>
    public string WeightsPath => Path.Combine(Folder, "weights.safetensors");

    /// <summary>The loss curve, one JSON object per line.</summary>
    public string StatisticsPath => Path.Combine(Folder, "stats.jsonl");
}
