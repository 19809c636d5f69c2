using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>
/// One-step denoising by a diffusion model of discrete steps (Carlini et al. 2023): the noise level is matched to a step of the
/// schedule, the network sees sqrt(abar) y, and D follows from what it predicts. With noise, D(y,t) = y - level * noise; with v, equation
/// 5 of Salimans and Ho 2022. D is for the purifier to clip to [-1,1].
/// </summary>
public sealed record DdpmPreconditioning : Preconditioning
{
    private readonly DiffusionOptions _options = DiffusionOptions.ImprovedDiffusion;
    private readonly DiffusionSchedule _schedule = DiffusionOptions.ImprovedDiffusion.CreateSchedule();

    /// <summary>How the network was trained; improved diffusion's published model by default.</summary>
    /// <exception cref="CertiPureException">The schedule is impossible.</exception>
    public DiffusionOptions Options
    {
        get => _options;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _options = value;
            _schedule = value.CreateSchedule();
        }
    }

    /// <summary>The schedule that the network was trained with.</summary>
    public DiffusionSchedule Schedule => _schedule;

    /// <inheritdoc/>
    public override string Name => "ddpm";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        int[] steps = [.. t.flatten().to(ScalarType.Float64).cpu().data<double>().Select(level => Schedule.FirstStepAtLeast(level))];
        Tensor Values(Func<int, double> value, params long[] shape) =>
            tensor(steps.Select(step => (float)value(step)).ToArray(), device: t.device).reshape(shape);
        double Deviation(int step) => Math.Sqrt(1 - Schedule.AlphaBar(step));
        (Func<int, double> Skip, Func<int, double> Output) = Options.PredictionType switch
        {
            PredictionType.Sample => ((Func<int, double>)(_ => 0), (Func<int, double>)(_ => 1)),
            PredictionType.VPrediction => (Schedule.AlphaBar, step => -Deviation(step)),
            _ => (_ => 1, step => -Schedule.NoiseLevel(step)),
        };
        return new Scalings(
            Values(Skip, -1, 1, 1, 1),
            Values(Output, -1, 1, 1, 1),
            Values(step => Math.Sqrt(Schedule.AlphaBar(step)), -1, 1, 1, 1),
            Values(step => step * Options.TimeScale, -1));
    }
}
