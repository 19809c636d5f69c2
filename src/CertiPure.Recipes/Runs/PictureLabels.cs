using CertiPure.Images;

namespace CertiPure.Recipes.Runs;

/// <summary>What the figures made of pictures say of each: the classifier's label, and the names of labels.</summary>
internal static class PictureLabels
{
    /// <summary>The label of the best score for each image, by the rule that certification counts votes by.</summary>
    /// <exception cref="CertiPureException">The scores are not a row of finite numbers for each image.</exception>
    public static int[] Classify(this IClassifier classifier, ImageBatch images)
    {
        float[] scores = classifier.Logits(images);
        int classes = classifier.ClassCount;
        Logits.Require(scores, images.Count, classes);
        return [.. Enumerable.Range(0, images.Count).Select(i => Logits.Best(scores.AsSpan(i * classes, classes)))];
    }

    /// <summary>The name of a label; null where there is no label or the set has no name for it.</summary>
    public static string? NameOf(this IImageSource images, int? label) =>
        label is { } known && known < images.ClassNames.Count ? images.ClassNames[known] : null;
}
