using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains an ordinary classifier on clean images.</summary>
public sealed record ClassifierRecipe : TrainingRecipe
{
    /// <summary>The network.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <summary>The share of each target that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (LabelSmoothing is not (>= 0 and < 1))
        {
            throw new CertiPureException("The label smoothing must be at least 0 and below 1.", ErrorReason.InvalidArgument);
        }

        var classifier = ClassifierNetwork.Start(Network, inputs, Trainer.Seed);
        return new PreparedTraining(
            classifier.Network, new ClassificationLoss(classifier.Classify, LabelSmoothing), classifier.Metadata);
    }
}
