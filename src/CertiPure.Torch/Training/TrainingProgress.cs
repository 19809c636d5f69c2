using System.Text.Json.Serialization;

namespace CertiPure.Torch.Training;

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
