using CertiPure.Torch.Training;

namespace CertiPure.Recipes.Presets;

/// <summary>One training of a preset: a network, a loss and how to optimise it. Each kind of training is one small record.</summary>
public abstract record TrainingRecipe
{
    /// <summary>How the run optimises.</summary>
    public required TrainerOptions Trainer { get; init; }

    /// <summary>Builds the network with its starting weights, and the loss around it.</summary>
    /// <param name="inputs">What the recipe does not hold: data and files.</param>
    /// <exception cref="CertiPureException">A file is missing or does not fit, or the data are of another shape.</exception>
    public abstract PreparedTraining Prepare(TrainingInputs inputs);
}
