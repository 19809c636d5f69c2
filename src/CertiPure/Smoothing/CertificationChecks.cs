using System.Numerics.Tensors;
using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>What can be found wrong with a certification before it costs thousands of draws per image. Each check refuses with
/// a sentence.</summary>
public static class CertificationChecks
{
    private const int FewestLabels = 20;

    /// <summary>The images fit the base classifier: their shape, the number of classes and every label.</summary>
    /// <param name="source">The images.</param>
    /// <param name="ids">The ids to be certified.</param>
    /// <param name="classifier">The base classifier.</param>
    /// <exception cref="CertiPureException">They do not.</exception>
    public static void Fit(IImageSource source, IReadOnlyList<int> ids, IBaseClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(classifier);
        if (source.Shape != classifier.Shape)
        {
            throw new CertiPureException(
                $"The images of {source.Name} are {source.Shape}, but the base classifier takes {classifier.Shape}; choose a "
                + "classifier and a purifier for this data set.",
                ExitCode.Refused);
        }

        if (source.ClassNames.Count > 0 && source.ClassNames.Count != classifier.ClassCount)
        {
            throw new CertiPureException(
                $"{source.Name} has {source.ClassNames.Count} classes, but the classifier knows {classifier.ClassCount}; choose a "
                + "classifier for this data set.",
                ExitCode.Refused);
        }

        foreach (int id in ids)
        {
            if (source.Read(id).Label is { } label && (uint)label >= (uint)classifier.ClassCount)
            {
                throw new CertiPureException(
                    $"Image {id} of {source.Name} has label {label}, but the classifier knows only the classes 0 to "
                    + $"{classifier.ClassCount - 1}; correct the labels.",
                    ExitCode.Refused);
            }
        }
    }

    /// <summary>The classifier is better than guessing on clean images; where it is not, its normalisation, its channel order or
    /// its labels are most probably wrong. Images without labels say nothing, and fewer than 20 with labels too little.</summary>
    /// <param name="source">The images.</param>
    /// <param name="ids">The ids to be looked at; 100 tell even a weak classifier from guessing.</param>
    /// <param name="classifier">The classifier, without purifier and noise.</param>
    /// <param name="batchSize">The batch size to run it at, padded, at least 1.</param>
    /// <returns>How many were right, and of how many.</returns>
    /// <exception cref="CertiPureException">It is not significantly better than guessing (5 %).</exception>
    public static (int Right, int Labeled) CleanAccuracy(
        IImageSource source, IReadOnlyList<int> ids, IClassifier classifier, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(classifier);
        var batch = new ImageBatch(source.Shape, batchSize);
        int right = 0;
        int labeled = 0;
        foreach (int[] chunk in ids.Chunk(batchSize))
        {
            LabeledImage[] images = [.. chunk.Select(source.Read)];
            for (int i = 0; i < images.Length; i++)
            {
                images[i].CopyPixels(batch[i]);
            }

            ReadOnlySpan<float> logits = classifier.Logits(batch);
            for (int i = 0; i < images.Length; i++)
            {
                if (images[i].Label is { } label)
                {
                    int answer = TensorPrimitives.IndexOfMax(
                        logits.Slice(i * classifier.ClassCount, classifier.ClassCount));
                    labeled++;
                    right += answer == label ? 1 : 0;
                }
            }
        }

        return labeled < FewestLabels || BinomialBound.Lower(right, labeled, 0.05) > 1.0 / classifier.ClassCount
            ? (right, labeled)
            : throw new CertiPureException(
                $"The classifier is right on only {right} of {labeled} clean images of {source.Name}, no better than guessing; check "
                + "its normalisation, channel order and class order.",
                ExitCode.Refused);
    }
}
