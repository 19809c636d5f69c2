using System.Text.Json;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>How a raw network F becomes a denoiser D. Noise levels t are in network space, where images lie in [-1,1].</summary>
public abstract record Preconditioning
{
    internal const string NameKey = "preconditioning";
    internal const string DiffusionKey = "diffusion";

    /// <summary>The name in a checkpoint's metadata.</summary>
    public abstract string Name { get; }

    /// <summary>What a checkpoint's metadata say of it: <c>preconditioning</c>, its name, and for a diffusion model of discrete steps
    /// <c>diffusion</c>, its schedule as JSON, where that is not improved diffusion's.</summary>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get
        {
            var metadata = new Dictionary<string, string> { [NameKey] = Name };
            if (this is DdpmPreconditioning ddpm && ddpm.Options != DiffusionOptions.ImprovedDiffusion)
            {
                metadata[DiffusionKey] = ArchitectureArguments.Write(ddpm.Options);
            }

            return metadata;
        }
    }

    /// <summary>The scalings at levels t.</summary>
    /// <param name="t">Noise levels, <c>[N]</c>, above 0.</param>
    public Scalings At(Tensor t) => Compute(t.to(ScalarType.Float32).view(-1, 1, 1, 1));

    /// <summary>Finds a preconditioning by the name that checkpoints hold.</summary>
    /// <exception cref="CertiPureException">There is none of that name.</exception>
    public static Preconditioning Named(string name) => name switch
    {
        "edm" => new EdmPreconditioning(),
        "consistency" => new ConsistencyPreconditioning(),
        "vp" => new VpPreconditioning(),
        "ve" => new VePreconditioning(),
        "ddpm" => new DdpmPreconditioning(),
        _ => throw new CertiPureException(
            $"There is no preconditioning '{name}': choose edm, consistency, vp, ve or ddpm."),
    };

    /// <summary>Reads a checkpoint's metadata.</summary>
    /// <param name="metadata">Strings with <c>preconditioning</c> and perhaps <c>diffusion</c>.</param>
    /// <returns>The preconditioning; null where the metadata do not name one.</returns>
    /// <exception cref="CertiPureException">There is none of that name, or its schedule is impossible.</exception>
    public static Preconditioning? From(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (!metadata.TryGetValue(NameKey, out string? name))
        {
            return null;
        }

        var named = Named(name);
        if (named is not DdpmPreconditioning || !metadata.TryGetValue(DiffusionKey, out string? diffusion))
        {
            return named;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(diffusion);
            return new DdpmPreconditioning { Options = ArchitectureArguments.Read<DiffusionOptions>(document.RootElement) };
        }
        catch (JsonException error)
        {
            throw new CertiPureException($"The noise schedule {diffusion} cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    /// <summary>The scalings at levels <c>[N,1,1,1]</c>.</summary>
    protected abstract Scalings Compute(Tensor t);
}

/// <summary>The scalings of D(y,t) = Skip y + Output F(Input y, Noise) (Karras et al. 2022, equation 7).</summary>
/// <param name="Skip">c_skip, <c>[N,1,1,1]</c>.</param>
/// <param name="Output">c_out, <c>[N,1,1,1]</c>.</param>
/// <param name="Input">c_in, <c>[N,1,1,1]</c>.</param>
/// <param name="Noise">c_noise, <c>[N]</c>.</param>
public readonly record struct Scalings(Tensor Skip, Tensor Output, Tensor Input, Tensor Noise);

/// <summary>Karras et al. 2022, table 1, column "Ours".</summary>
public sealed record EdmPreconditioning : Preconditioning
{
    /// <summary>sigma_data: the standard deviation of images in network space.</summary>
    public const double DataDeviation = 0.5;

    /// <inheritdoc/>
    public override string Name => "edm";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        Tensor variance = t.square() + (DataDeviation * DataDeviation);
        Tensor deviation = variance.sqrt();
        return new Scalings(
            (DataDeviation * DataDeviation) / variance,
            t * DataDeviation / deviation,
            deviation.reciprocal(),
            t.flatten().log() / 4);
    }
}

/// <summary>Song et al. 2023, appendix C: EDM's scalings moved so that D(y, MinimumLevel) = y.</summary>
public sealed record ConsistencyPreconditioning : Preconditioning
{
    /// <summary>The level below which an image counts as clean, in network space: 0.002 in Song et al. 2023; Geng et al. 2024
    /// evaluate with 0.003.</summary>
    public double MinimumLevel { get; init; } = 0.002;

    /// <inheritdoc/>
    public override string Name => "consistency";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        const double DataDeviation = EdmPreconditioning.DataDeviation;
        Tensor moved = t - MinimumLevel;
        Tensor deviation = (t.square() + (DataDeviation * DataDeviation)).sqrt();
        return new Scalings(
            (DataDeviation * DataDeviation) / (moved.square() + (DataDeviation * DataDeviation)),
            moved * DataDeviation / deviation,
            deviation.reciprocal(),
            t.flatten().log() / 4);
    }
}

/// <summary>The variance-preserving form of Song et al. 2021, as in Karras et al. 2022, table 1, column "VP".</summary>
public sealed record VpPreconditioning : Preconditioning
{
    private const double BetaRange = 19.9;
    private const double BetaMinimum = 0.1;
    private const double Steps = 1000;

    /// <inheritdoc/>
    public override string Name => "vp";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t)
    {
        Tensor variance = t.square() + 1;
        Tensor time = (((BetaMinimum * BetaMinimum) + (2 * BetaRange * variance.log())).sqrt() - BetaMinimum) / BetaRange;
        return new Scalings(ones_like(t), -t, variance.rsqrt(), time.flatten() * (Steps - 1));
    }
}

/// <summary>The variance-exploding form of Song et al. 2021, as in Karras et al. 2022, table 1, column "VE".</summary>
public sealed record VePreconditioning : Preconditioning
{
    /// <inheritdoc/>
    public override string Name => "ve";

    /// <inheritdoc/>
    protected override Scalings Compute(Tensor t) =>
        new(ones_like(t), t, ones_like(t), (t.flatten() * 0.5).log());
}

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
