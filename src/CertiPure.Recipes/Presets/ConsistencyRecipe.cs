using System.Text.Json.Serialization;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains a consistency model: by tuning or distilling a diffusion denoiser, or without one.</summary>
public sealed record ConsistencyRecipe : TrainingRecipe
{
    // Down to here bf16 measures how the answers at two levels differ; below, how it rounds them (docs/method.md has the figures).
    private const double LeastStepInBf16 = 1.0 / 32;

    private readonly int? _firstScales;
    private readonly int? _lastScales;

    /// <summary>How.</summary>
    public ConsistencyMethod Method { get; init; } = ConsistencyMethod.Ect;

    /// <summary>The network where training starts from fresh weights (training and improvedTraining alone).</summary>
    public NetworkRecipe? Network { get; init; }

    /// <summary>Dropout probability in this training; null for that of the weights it starts from.</summary>
    public double? Dropout { get; init; }

    /// <summary>ect: the levels t.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Mean = -1.1, Deviation = 2 };

    /// <summary>ect: the base q of the schedule: 2 for the full schedule, 256 for the one-hour run.</summary>
    public double Q { get; init; } = 2;

    /// <summary>ect: c of the pseudo-Huber distance; 0 for the Euclidean distance.</summary>
    public double Huber { get; init; }

    /// <summary>ect: optimizer steps per stage; 0 for a single stage.</summary>
    public long StageSteps { get; init; }

    /// <summary>distillation and training: the distance.</summary>
    public FineTuningDistance Distance { get; init; } = FineTuningDistance.L2;

    /// <summary>distillation and training: the network of LPIPS.</summary>
    public LpipsNetwork LpipsNetwork { get; init; }

    /// <summary>distillation and training: the side to which LPIPS resizes both images.</summary>
    public int LpipsResolution { get; init; } = 224;

    /// <summary>distillation: the levels of the grid.</summary>
    public int Scales { get; init; } = 18;

    /// <summary>distillation: the grid's largest level in network space; null for 80, which generation needs. Purification at noise
    /// sigma needs no more than 2 sigma.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LargestLevel { get; init; }

    /// <summary>distillation: the decay of the target's average; 0 for the student itself. training: the first decay, mu0.</summary>
    public double TargetDecay { get; init; }

    /// <summary>training and improvedTraining: the first number of scales, s0; 2 and 10 if not set.</summary>
    public int FirstScales { get => _firstScales ?? (Method == ConsistencyMethod.ImprovedTraining ? 10 : 2); init => _firstScales = value; }

    /// <summary>training and improvedTraining: the last number of scales, s1; 150 and 1280 if not set.</summary>
    public int LastScales { get => _lastScales ?? (Method == ConsistencyMethod.ImprovedTraining ? 1280 : 150); init => _lastScales = value; }

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (!(Q > 1) || Huber < 0 || StageSteps < 0 || Scales < 2 || FirstScales < 2 || LastScales < FirstScales
            || TargetDecay is not (>= 0 and < 1) || !(LargestLevel is null or > KarrasSchedule.Least))
        {
            throw new CertiPureException(
                "The consistency training's schedule is out of range: q must be above 1, huber and stageSteps at least 0, scales and "
                + "firstScales at least 2, lastScales no less, targetDecay at least 0 and below 1, and largestLevel above 0.002.",
                ErrorReason.InvalidArgument);
        }

        RefuseRounding();
        PurifierNetwork student = Start(inputs);
        student.RequireShape(inputs.Shape);
        return Method switch
        {
            ConsistencyMethod.Ect => Prepared(
                student, new EctLoss(student.Denoise, Levels.Create(), Q, Huber, StageSteps)),
            ConsistencyMethod.ImprovedTraining => Prepared(
                student, new ImprovedConsistencyTraining(student.Denoise, FirstScales, LastScales)),
            ConsistencyMethod.Distillation => PrepareDistillation(student, inputs),
            _ => PrepareTraining(student, inputs),
        };
    }

    private void RefuseRounding()
    {
        if (Trainer.Precision == TrainingPrecision.Bf16 && LeastRelativeStep() < LeastStepInBf16)
        {
            throw new CertiPureException(
                "The last levels of this consistency training lie so close together that bf16 would train on its own rounding: set "
                + "trainer.precision=fp32, or end at an earlier stage or with fewer scales.",
                ErrorReason.InvalidArgument);
        }
    }

    /// <summary>How close two levels that are compared lie together at the end, (t - r)/t.</summary>
    private double LeastRelativeStep() => Method switch
    {
        ConsistencyMethod.Ect => EctLoss.RelativeStep(Q, EctLoss.StageAt(Math.Max(0, Trainer.Steps - 1), StageSteps)),
        ConsistencyMethod.Distillation => Grid().LeastRelativeStep,
        _ => new KarrasSchedule(LastScales + 1).LeastRelativeStep,
    };

    private KarrasSchedule Grid() => new(Scales, maximum: LargestLevel ?? KarrasSchedule.Largest);

    private static PreparedTraining Prepared(
        PurifierNetwork student, TrainingLoss loss, params IReadOnlyList<TorchSharp.torch.nn.Module> companions) =>
        new(student.Denoiser, loss, student.Metadata, companions) { Purifier = student.Denoise };

    private PurifierNetwork Start(TrainingInputs inputs)
    {
        bool needsDenoiser = Method is ConsistencyMethod.Ect or ConsistencyMethod.Distillation;
        if (inputs.StartPath is string path)
        {
            return PurifierNetwork.From(path, "consistency", Dropout);
        }

        return !needsDenoiser && Network is not null
            ? PurifierNetwork.Fresh(Network, new ConsistencyPreconditioning(), Trainer.Seed)
            : throw new CertiPureException(
                "This consistency training starts from a diffusion denoiser.", ErrorReason.StartMissing);
    }

    private PreparedTraining PrepareDistillation(PurifierNetwork student, TrainingInputs inputs)
    {
        PurifierNetwork teacher = PurifierNetwork.From(inputs.StartPath!, "edm", dropout: 0);
        teacher.Freeze();
        DistanceRecipe distance = DistanceRecipe.Create(Distance, LpipsNetwork, LpipsResolution, inputs);
        KarrasSchedule schedule = Grid();
        if (TargetDecay == 0)
        {
            var loss = new ConsistencyDistillation(student.Denoise, student.Denoise, teacher.Denoise, schedule, distance.Between);
            return Prepared(student, loss, [teacher.Denoiser, .. distance.Networks]);
        }

        PurifierNetwork target = student.Copy();
        var follower = new TargetNetwork(student.Denoiser, target.Denoiser);
        var averaged = new ConsistencyDistillation(
            student.Denoise, target.Denoise, teacher.Denoise, schedule, distance.Between, follower, TargetDecay);
        return Prepared(student, averaged, [teacher.Denoiser, target.Denoiser, .. distance.Networks]);
    }

    private PreparedTraining PrepareTraining(PurifierNetwork student, TrainingInputs inputs)
    {
        PurifierNetwork target = student.Copy();
        DistanceRecipe distance = DistanceRecipe.Create(Distance, LpipsNetwork, LpipsResolution, inputs);
        var loss = new ConsistencyTraining(
            student.Denoise,
            target.Denoise,
            new TargetNetwork(student.Denoiser, target.Denoiser),
            distance.Between,
            FirstScales,
            LastScales,
            TargetDecay == 0 ? 0.9 : TargetDecay);
        return Prepared(student, loss, [target.Denoiser, .. distance.Networks]);
    }
}

/// <summary>Ways to a consistency model.</summary>
public enum ConsistencyMethod
{
    /// <summary>Easy Consistency Tuning (Geng et al. 2024), from a diffusion denoiser.</summary>
    Ect,

    /// <summary>Consistency distillation of a diffusion denoiser (Song et al. 2023).</summary>
    Distillation,

    /// <summary>Consistency training without a teacher (Song et al. 2023).</summary>
    Training,

    /// <summary>Improved consistency training (Song and Dhariwal 2024).</summary>
    ImprovedTraining,
}
