using CertiPure.Torch.Training;

namespace CertiPure.Recipes.Presets;

/// <summary>Fine-tunes a classifier on purified images, the purifier frozen.</summary>
public sealed record ClassifierFineTuningRecipe : TrainingRecipe
{
    /// <summary>The levels t = 2 * sigma.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Chosen = [0.5, 1, 2], ChosenProbability = 1 };

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        PurifierNetwork purifier = PurifierNetwork.From(inputs.RequirePurifier(), preconditioning: null, dropout: 0);
        purifier.RequireShape(inputs.Shape);
        purifier.Freeze();
        ClassifierNetwork classifier = ClassifierNetwork.From(inputs.RequireClassifier(), inputs);
        var loss = new PurifiedClassificationLoss(Frozen(purifier.Denoise), classifier.Classify, Levels.Create());
        return new PreparedTraining(classifier.Network, loss, classifier.Metadata, purifier.Denoiser);
    }

    /// <summary>Without a graph, which nothing would be propagated through.</summary>
    private static Denoise Frozen(Denoise denoise) => (noisy, level) =>
    {
        using var noGradient = TorchSharp.torch.no_grad();
        return denoise(noisy, level);
    };
}
