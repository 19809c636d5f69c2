using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Fine-tunes a purifier and a classifier together, on the classifier's answers to purified images.</summary>
public sealed record JointRecipe : PurifiedClassificationRecipe
{
    /// <summary>The weight of the mean squared distance between purified and clean image, so that the purifier stays one.</summary>
    public double ReconstructionWeight { get; init; } = 1;

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        inputs.RefuseStart();
        if (!(ReconstructionWeight >= 0))
        {
            throw new CertiPureException(
                "The joint fine-tuning's option reconstructionWeight is out of range: it must be at least 0.", ErrorReason.InvalidArgument);
        }

        ConsistencyRegularization regularization = Regularization();
        NoiseLevels levels = Levels.Create();
        PurifierNetwork purifier = PurifierNetwork.From(inputs.RequirePurifier(), preconditioning: null, dropout: 0);
        purifier.RequireShape(inputs.Shape);
        ClassifierNetwork classifier = ClassifierNetwork.From(inputs.RequireClassifier(), inputs);
        var loss = new PurifiedClassificationLoss(
            purifier.Denoise, classifier.Classify, levels, ReconstructionWeight, regularization);
        return new PreparedTraining(
            new JointNetwork(purifier.Denoiser, classifier.Network),
            loss,
            [
                new TrainedPart(purifier.Metadata) { Prefix = JointNetwork.PurifierPrefix },
                new TrainedPart(classifier.Metadata)
                {
                    Prefix = JointNetwork.ClassifierPrefix,
                    FileName = "classifier.safetensors",
                },
            ])
        {
            Purifier = purifier.Denoise,
        };
    }
}
