using System.Globalization;
using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>How a diffusion model of discrete steps was trained, in the terms of diffusers' scheduler files. The defaults are those of
/// DDPM (Ho et al. 2020).</summary>
public sealed record DiffusionOptions
{
    // The published networks were trained on times up to 1000, whatever the number of steps.
    private const double RescaledTime = 1000;
    private const int MaximumSteps = 1_000_000;

    /// <summary>Improved diffusion's published CIFAR-10 model: 4,000 steps of the cosine schedule, their times rescaled to 1000.</summary>
    public static DiffusionOptions ImprovedDiffusion { get; } = new()
    {
        NumTrainTimesteps = 4000,
        BetaSchedule = BetaSchedule.Cosine,
        RescaleTimesteps = true,
    };

    /// <summary>The number of steps, T.</summary>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>The form of the schedule.</summary>
    public BetaSchedule BetaSchedule { get; init; } = BetaSchedule.Linear;

    /// <summary>The first beta; the cosine schedule has none.</summary>
    public double BetaStart { get; init; } = 1e-4;

    /// <summary>The last beta; the cosine schedule has none.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary>What the network's output is.</summary>
    public PredictionType PredictionType { get; init; } = PredictionType.Epsilon;

    /// <summary>Whether the network's time input is t * 1000 / T, or the step t itself.</summary>
    public bool RescaleTimesteps { get; init; }

    /// <summary>What the time input is to the step.</summary>
    [JsonIgnore]
    public double TimeScale => RescaleTimesteps ? RescaledTime / NumTrainTimesteps : 1;

    /// <summary>Computes the schedule.</summary>
    /// <exception cref="CertiPureException">A value is out of range.</exception>
    public DiffusionSchedule CreateSchedule()
    {
        try
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(NumTrainTimesteps, MaximumSteps);
            return BetaSchedule switch
            {
                BetaSchedule.Cosine => DiffusionSchedule.Cosine(NumTrainTimesteps),
                BetaSchedule.ScaledLinear => DiffusionSchedule.ScaledLinear(NumTrainTimesteps, BetaStart, BetaEnd),
                _ => DiffusionSchedule.Linear(NumTrainTimesteps, BetaStart, BetaEnd),
            };
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new CertiPureException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The noise schedule of {NumTrainTimesteps} steps from beta {BetaStart} to {BetaEnd} is impossible: {error.ActualValue} is out of range."),
                error);
        }
    }
}

/// <summary>The forms of a schedule.</summary>
public enum BetaSchedule
{
    /// <summary>Betas on a line.</summary>
    Linear,

    /// <summary>Betas whose square roots are on a line.</summary>
    ScaledLinear,

    /// <summary>Improved diffusion's squared cosine.</summary>
    [JsonStringEnumMemberName("squaredcos_cap_v2")]
    Cosine,
}

/// <summary>What a diffusion network's output is.</summary>
public enum PredictionType
{
    /// <summary>The noise.</summary>
    Epsilon,

    /// <summary>The clean image.</summary>
    Sample,

    /// <summary>v = sqrt(abar) noise - sqrt(1 - abar) image (Salimans and Ho 2022).</summary>
    VPrediction,
}
