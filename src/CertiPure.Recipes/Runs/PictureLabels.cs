using System.Numerics.Tensors;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Runs;

/// <summary>What the figures made of pictures say of each: the classifier's label, and the names of labels.</summary>
internal static class PictureLabels
{
    /// <summary>The label of the highest score for each image.</summary>
    public static int[] Classify(this IClassifier classifier, ImageBatch images)
    {
        float[] scores = classifier.Logits(images);
        int classes = classifier.ClassCount;
        return [.. Enumerable.Range(0, images.Count).Select(i => TensorPrimitives.IndexOfMax(scores.AsSpan(i * classes, classes)))];
    }

    /// <summary>The name of a label; null where there is no label or the set has no name for it.</summary>
    public static string? NameOf(this IImageSource images, int? label) =>
        label is { } known && known < images.ClassNames.Count ? images.ClassNames[known] : null;
}
