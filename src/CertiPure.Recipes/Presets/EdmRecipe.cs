using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains a diffusion denoiser with EDM's loss: the one-step EDM purifier, and the start of consistency training.</summary>
public sealed record EdmRecipe : TrainingRecipe
{
    /// <summary>The network.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <summary>The levels that it is trained at.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new();

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        PurifierNetwork network = inputs.StartPath is string path
            ? PurifierNetwork.From(path, "edm", dropout: null)
            : PurifierNetwork.Fresh(Network, new EdmPreconditioning(), Trainer.Seed);
        network.RequireShape(inputs.Shape);
        return new PreparedTraining(network.Denoiser, new EdmLoss(network.Denoise, Levels.Create()), network.Metadata)
        {
            Purifier = network.Denoise,
        };
    }
}
