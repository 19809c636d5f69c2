using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains a classifier on noisy images, to be smoothed without a purifier: Gaussian-noise training, or with
/// lambda above 0 Consistency Regularization.</summary>
public sealed record SmoothedClassifierRecipe : TrainingRecipe
{
    /// <summary>The network.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <summary>The noise level in pixel space.</summary>
    public double Sigma { get; init; } = 0.5;

    /// <summary>The weight of consistency: 0 for plain noise training; 20 at sigma .25, 10 at .5 and 1.</summary>
    public double Lambda { get; init; }

    /// <summary>The weight of the entropy, where lambda is above 0.</summary>
    public double Eta { get; init; } = 0.5;

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (!(Sigma > 0) || Lambda < 0 || Eta < 0)
        {
            throw new CertiPureException(
                "The smoothed classifier's options are out of range: sigma must be above 0, lambda and eta at least 0.", ErrorReason.InvalidArgument);
        }

        var classifier = ClassifierNetwork.Start(Network, inputs, Trainer.Seed);
        var loss = new GaussianNoiseLoss(
            classifier.Classify, Sigma, Lambda == 0 ? null : new ConsistencyRegularization(Lambda, Eta));
        return new PreparedTraining(classifier.Network, loss, classifier.Metadata);
    }
}
