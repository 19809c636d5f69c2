using CertiPure.Torch.Training;

namespace CertiPure.Recipes.Presets;

/// <summary>Turns a diffusion denoiser into a consistency model by Easy Consistency Tuning.</summary>
public sealed record ConsistencyRecipe : TrainingRecipe
{
    /// <summary>The levels t that it is trained at.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Mean = -1.1, Deviation = 2 };

    /// <summary>The base q of the schedule: 2 for the full schedule, 256 for the one-hour run.</summary>
    public double Q { get; init; } = 2;

    /// <summary>c of the pseudo-Huber distance; 0 for the Euclidean distance.</summary>
    public double Huber { get; init; }

    /// <summary>Optimizer steps per stage; 0 for a single stage.</summary>
    public long StageSteps { get; init; }

    /// <summary>Dropout probability in this training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string path = inputs.StartPath ?? throw new CertiPureException(
            "Consistency training starts from a diffusion denoiser: give its weights with --from.", ExitCode.Usage);
        if (!(Q > 1) || Huber < 0 || StageSteps < 0)
        {
            throw new CertiPureException(
                "The consistency training's schedule is out of range: q must be above 1, huber and stageSteps at least 0.",
                ExitCode.Usage);
        }

        PurifierNetwork network = PurifierNetwork.From(path, "consistency", Dropout);
        network.RequireShape(inputs.Shape);
        var loss = new EctLoss(network.Denoise, Levels.Create(), Q, Huber, StageSteps);
        return new PreparedTraining(network.Denoiser, loss, network.Metadata);
    }
}
