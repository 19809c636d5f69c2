using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Diffusion Calibration: fine-tunes a one-step denoiser through a frozen classifier.</summary>
public sealed record CalibrationRecipe : TrainingRecipe
{
    /// <summary>The levels t = 2 * sigma.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Chosen = [0.5, 1, 2], ChosenProbability = 1 };

    /// <summary>The weight of diversity where the mean prediction is wrong.</summary>
    public double Lambda { get; init; } = 0.01;

    /// <summary>The weight of the mean squared distance to the clean image.</summary>
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>Noisy copies of each image.</summary>
    public int Copies { get; init; } = 2;

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        inputs.RefuseStart();
        if (Lambda < 0 || ReconstructionWeight < 0 || Copies < 2)
        {
            throw new CertiPureException(
                "The calibration's options are out of range: lambda and reconstructionWeight must be at least 0, copies at least 2.",
                ErrorReason.InvalidArgument);
        }

        PurifierNetwork purifier = PurifierNetwork.From(inputs.RequirePurifier(), preconditioning: null, dropout: 0);
        purifier.RequireShape(inputs.Shape);
        string path = inputs.RequireClassifier();
        var classifier = FrozenClassifier.Load(path, inputs.Shape);
        if (classifier.ClassCount != inputs.Data.ClassCount)
        {
            classifier.Dispose();
            throw new CertiPureException(
                $"The classifier '{path}' knows {classifier.ClassCount} classes and the data set has {inputs.Data.ClassCount}: choose another.");
        }

        var loss = new CalibrationLoss(
            purifier.Denoise, classifier.Classify, Levels.Create(), Lambda, ReconstructionWeight, Copies);
        return new PreparedTraining(purifier.Denoiser, loss, purifier.Metadata, classifier)
        {
            Purifier = purifier.Denoise,
        };
    }
}
