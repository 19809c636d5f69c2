using CertiPure.Images;
using CertiPure.Torch.Training.Data;

namespace CertiPure.Recipes.Presets;

/// <summary>What a training needs beside its recipe.</summary>
/// <param name="Data">The training images.</param>
public sealed record TrainingInputs(TrainingData Data)
{
    /// <summary>The weights to start from, safetensors; null for fresh ones. Consistency training and fine-tuning need it; what starts
    /// from <see cref="ClassifierPath"/> or <see cref="PurifierPath"/> refuses it.</summary>
    public string? StartPath { get; init; }

    /// <summary>The LPIPS backbone's ImageNet weights; null where the loss is another.</summary>
    public string? LpipsBackbonePath { get; init; }

    /// <summary>The linear heads of LPIPS that belong to the backbone; null where the loss is another.</summary>
    public string? LpipsHeadsPath { get; init; }

    /// <summary>A trained purifier's weights; null where the training needs none.</summary>
    public string? PurifierPath { get; init; }

    /// <summary>A trained classifier's weights; null where the training needs none.</summary>
    public string? ClassifierPath { get; init; }

    /// <summary>The shape of each image.</summary>
    public ImageShape Shape => Data.Shape;

    /// <summary>Says that weights to start from would have no use.</summary>
    /// <exception cref="CertiPureException">They were given.</exception>
    internal void RefuseStart()
    {
        if (StartPath is not null)
        {
            throw new CertiPureException(
                "This training takes no weights to start from: its weights are those of its classifier and purifier, or fresh.", ErrorReason.InvalidArgument);
        }
    }

    /// <summary>The purifier's weights.</summary>
    /// <exception cref="CertiPureException">They were not given.</exception>
    internal string RequirePurifier() => PurifierPath ?? throw new CertiPureException(
        "This fine-tuning needs a purifier.", ErrorReason.PurifierMissing);

    /// <summary>The classifier's weights.</summary>
    /// <exception cref="CertiPureException">They were not given.</exception>
    internal string RequireClassifier() => ClassifierPath ?? throw new CertiPureException(
        "This training needs a classifier.", ErrorReason.ClassifierMissing);
}
