using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>One-step denoising by a DDPM (Carlini et al. 2023): the noise level is matched to a step of the schedule, and
/// D(y,t) = y - level * noise, where the network sees sqrt(abar) y. D is for the purifier to clip to [-1,1].</summary>
public sealed record DdpmPreconditioning : Preconditioning
{
    private const double TimeScale = 1000;

    /// <summary>The schedule that the network was trained with.</summary>
    public CosineSchedule Schedule { get; init; } = new();

    /// <inheritdoc/>
    public override string Name => "ddpm";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        int[] steps = [.. t.flatten().to(ScalarType.Float64).cpu().data<double>().Select(level => Schedule.FirstStepAtLeast(level))];
        Tensor Values(Func<int, double> value, params long[] shape) =>
            tensor(steps.Select(step => (float)value(step)).ToArray(), device: t.device).reshape(shape);
        return new Scalings(
            ones_like(t),
            Values(step => -Schedule.NoiseLevel(step), -1, 1, 1, 1),
            Values(step => Math.Sqrt(Schedule.AlphaBar(step)), -1, 1, 1, 1),
            Values(step => step * TimeScale / Schedule.Steps, -1));
    }
}
