namespace CertiPure.Torch.Training;

/// <summary>What tells one run from another, and where it keeps its state.</summary>
/// <param name="Folder">The folder for <c>state.safetensors</c>, the parts' weights, <c>stats.jsonl</c> and TensorBoard's event
/// files.</param>
/// <param name="Description">Everything that determines the result, as indented JSON; a run resumes only under the same.</param>
/// <param name="Parts">What is written of the trained network; at least one.</param>
public sealed record TrainingRun(string Folder, string Description, params IReadOnlyList<TrainedPart> Parts)
{
    /// <summary>The file that the run resumes from.</summary>
    public string StatePath => Path.Combine(Folder, "state.safetensors");

    /// <summary>The loss curve, one JSON object per line.</summary>
    public string StatisticsPath => Path.Combine(Folder, "stats.jsonl");

    /// <summary>A part's averaged weights as of the last checkpoint, in half precision, ready for use.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    public string WeightsPath(TrainedPart part) => Path.Combine(Folder, part.FileName);

    /// <summary>A part's averaged weights at the smallest loss on the images held out, in half precision.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    public string BestWeightsPath(TrainedPart part) => Path.Combine(Folder, "best-" + part.FileName);
}
