using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Fine-tunes a classifier on purified images, the purifier frozen.</summary>
public sealed record ClassifierFineTuningRecipe : PurifiedClassificationRecipe
{
    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        inputs.RefuseStart();
        ConsistencyRegularization regularization = Regularization();
        NoiseLevels levels = Levels.Create();
        PurifierNetwork purifier = PurifierNetwork.From(inputs.RequirePurifier(), preconditioning: null, dropout: 0);
        purifier.RequireShape(inputs.Shape);
        purifier.Freeze();
        if (Trainer.Precision == TrainingPrecision.Bf16)
        {
            NetworkPrecision.Convert(purifier.Denoiser, Precision.Bf16);
        }

        ClassifierNetwork classifier = ClassifierNetwork.From(inputs.RequireClassifier(), inputs);
        var loss = new PurifiedClassificationLoss(
            Frozen(purifier.Denoise), classifier.Classify, levels, regularization: regularization);
        return new PreparedTraining(classifier.Network, loss, classifier.Metadata, purifier.Denoiser);
    }

    /// <summary>Without a graph, which nothing would be propagated through.</summary>
    private static Denoise Frozen(Denoise denoise) => (noisy, level) =>
    {
        using var noGradient = TorchSharp.torch.no_grad();
        return denoise(noisy, level);
    };
}
