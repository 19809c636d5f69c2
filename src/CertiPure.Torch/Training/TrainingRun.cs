using System.Text.Json.Serialization;
using CertiPure.Torch.Training.Data;

namespace CertiPure.Torch.Training;

/// <summary>What distinguishes one run from another, and where it keeps its state.</summary>
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

/// <summary>A network within the trained one that gets a file of its own: all of it, or purifier and classifier where both are
/// trained.</summary>
/// <param name="Metadata">What the file carries: <c>architecture</c>, <c>arguments</c> and, for purifiers,
/// <c>preconditioning</c>.</param>
public sealed record TrainedPart(IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>What its parameters' names begin with in the trained network, and do not in the file.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The file's name in the run's folder.</summary>
    public string FileName { get; init; } = "weights.safetensors";
}

/// <summary>Where a run is, for losses with a schedule, and the randomness of this step.</summary>
/// <param name="Step">The optimizer step, from 0.</param>
/// <param name="Steps">The run's length in optimizer steps.</param>
/// <param name="Random">The step's randomness.</param>
public sealed record TrainingStep(long Step, long Steps, TrainingRandom Random);

/// <summary>One line of <c>stats.jsonl</c>: means over the steps since the line before, or since the run was resumed.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Steps">The run's length.</param>
/// <param name="Images">Images seen so far.</param>
/// <param name="Loss">The mean loss.</param>
/// <param name="GradientNorm">The mean L2 norm of the gradient before clipping.</param>
/// <param name="LearningRate">The learning rate of the last step.</param>
/// <param name="ImagesPerSecond">Throughput.</param>
/// <param name="Seconds">Training time so far, over all sessions of the run.</param>
public sealed record TrainingProgress(
    long Step,
    long Steps,
    long Images,
    double Loss,
    double GradientNorm,
    double LearningRate,
    double ImagesPerSecond,
    double Seconds)
{
    /// <summary>The loss of the averaged weights on the images held out; null where it was not measured at this step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? HeldOutLoss { get; init; }

    /// <summary>The time that the rest of the run takes at this throughput.</summary>
    [JsonIgnore]
    public TimeSpan TimeLeft => TimeSpan.FromSeconds(
        Step == 0 ? 0 : (Steps - Step) * ((double)Images / Step) / Math.Max(ImagesPerSecond, 1e-9));
}
