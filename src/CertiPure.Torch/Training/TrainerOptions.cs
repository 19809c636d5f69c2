using System.Text.Json.Serialization;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Optimization;

namespace CertiPure.Torch.Training;

/// <summary>How a run optimises, whatever its loss. Written into every checkpoint: a run resumes only under the options it
/// was started with.</summary>
public sealed record TrainerOptions
{
    /// <summary>The run's seed: of the fresh weights, the data order and all noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>The run's length in optimizer steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Images per forward pass.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Forward passes whose gradients are averaged into one optimizer step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>The rule that turns gradients into steps.</summary>
    public OptimizerRule Optimizer { get; init; } = OptimizerRule.Adam;

    /// <summary>The learning rate after warm-up and before decay.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    public double WeightDecay { get; init; }

    /// <summary>Steps over which the learning rate rises linearly from 0.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>How the learning rate falls after the warm-up.</summary>
    public LearningRateDecay Decay { get; init; } = LearningRateDecay.Constant;

    /// <summary>The largest L2 norm of the gradient; longer ones are scaled down. 0 for no limit.</summary>
    public double GradientClip { get; init; }

    /// <summary>Decays of the weights' moving averages; the first one's weights are the result. Empty for the weights
    /// themselves.</summary>
    public IReadOnlyList<double> EmaDecays { get; init; } = [0.999];

    /// <summary>What the forward and backward passes compute in; the weights that the optimizer changes are always 32-bit.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Fp32;

    /// <summary>What is done to the images.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Seconds between two checkpoints.</summary>
    public double CheckpointSeconds { get; init; } = 120;

    /// <summary>Steps between two lines of statistics.</summary>
    public long LogSteps { get; init; } = 50;

    /// <summary>Images of the data, evenly spread, that are not trained on but measured; 0 for none. The result is then the average that
    /// did best on them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int HeldOut { get; init; }

    /// <summary>Steps between two measurements of the loss on the images held out: ten lines of statistics.</summary>
    [JsonIgnore]
    public long HeldOutSteps => 10 * LogSteps;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public double LearningRateAt(long step)
    {
        double warmup = WarmupSteps == 0 ? 1 : Math.Min(1, (step + 1.0) / WarmupSteps);
        double progress = Math.Clamp((double)(step - WarmupSteps) / Math.Max(1, Steps - WarmupSteps), 0, 1);
        double decay = Decay switch
        {
            LearningRateDecay.Constant => 1,
            LearningRateDecay.Linear => 1 - progress,
            LearningRateDecay.Cosine => 0.5 * (1 + Math.Cos(Math.PI * progress)),
            _ => throw new ArgumentOutOfRangeException(nameof(step), Decay, "Unknown decay."),
        };
        return LearningRate * warmup * decay;
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="CertiPureException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Steps > 0, "steps", "above 0");
        Require(BatchSize > 0, "batchSize", "above 0");
        Require(Accumulation > 0, "accumulation", "above 0");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learningRate", "above 0");
        Require(Beta1 is >= 0 and < 1, "beta1", "at least 0 and below 1");
        Require(Beta2 is > 0 and < 1, "beta2", "above 0 and below 1");
        Require(Epsilon > 0, "epsilon", "above 0");
        Require(WeightDecay >= 0, "weightDecay", "at least 0");
        Require(WarmupSteps >= 0 && WarmupSteps <= Steps, "warmupSteps", "from 0 to steps");
        Require(GradientClip >= 0, "gradientClip", "at least 0");
        Require(EmaDecays.All(decay => decay is >= 0 and < 1), "emaDecays", "each at least 0 and below 1");
        Require(EmaDecays.Distinct().Count() == EmaDecays.Count, "emaDecays", "all different");
        Require(Augmentation.Shift >= 0, "augmentation.shift", "at least 0");
        Require(CheckpointSeconds >= 0, "checkpointSeconds", "at least 0");
        Require(LogSteps > 0, "logSteps", "above 0");
        Require(HeldOut >= 0, "heldOut", "at least 0");
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
        {
            throw new CertiPureException(
                $"The training option '{name}' is out of range: it must be {range}.", ErrorReason.InvalidArgument);
        }
    }
}

/// <summary>What forward and backward passes compute in.</summary>
public enum TrainingPrecision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>bfloat16, with 32-bit master weights.</summary>
    Bf16,
}
