using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;
using TorchSharp;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains the selection network of certified routing (ACES) for a trained classifier, behind a purifier if one is given.</summary>
public sealed record SelectorRecipe : TrainingRecipe
{
    private const int RouteCount = 2;

    /// <summary>The network, of two classes: plain and smoothed.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <summary>The noise level in pixel space.</summary>
    public double Sigma { get; init; } = 0.5;

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        inputs.RefuseStart();
        if (!(Sigma > 0) || !double.IsFinite(Sigma))
        {
            throw new CertiPureException("The selector's option sigma must be a finite number above 0.", ErrorReason.InvalidArgument);
        }

        ClassifierNetwork classifier = ClassifierNetwork.From(inputs.RequireClassifier(), inputs);
        classifier.Freeze();
        PurifierNetwork? purifier = null;
        if (inputs.PurifierPath is { } path)
        {
            purifier = PurifierNetwork.From(path, preconditioning: null, dropout: 0);
            purifier.RequireShape(inputs.Shape);
            purifier.Freeze();
        }

        var selector = ClassifierNetwork.Fresh(Network, inputs, Trainer.Seed, RouteCount);
        var loss = new SelectionLoss(selector.Classify, classifier.Classify, Sigma, purifier?.Denoise);
        torch.nn.Module[] companions = purifier is null ? [classifier.Network] : [classifier.Network, purifier.Denoiser];
        return new PreparedTraining(selector.Network, loss, selector.Metadata, companions);
    }
}
