using System.Numerics.Tensors;
using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>What can be found wrong with a certification before it costs thousands of draws per image. Each check refuses with
/// a sentence.</summary>
public static class CertificationChecks
{
    private const int FewestLabels = 20;

    /// <summary>The images fit the classifier: their shape, the number of classes and every label.</summary>
    /// <param name="source">The images.</param>
    /// <param name="ids">The ids to be certified.</param>
    /// <param name="shape">The shape that the base classifier takes.</param>
    /// <param name="classCount">The number of classes that its classifier knows.</param>
    /// <exception cref="CertiPureException">They do not.</exception>
    public static void Fit(IImageSource source, IReadOnlyList<int> ids, ImageShape shape, int classCount)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(ids);
        if (source.Shape != shape)
        {
            throw new CertiPureException(
                $"The images of {source.Name} are {source.Shape}, but the base classifier takes {shape}; choose a "
                + "classifier and a purifier for this data set.",
                ErrorReason.Refused);
        }

        if (source.ClassNames.Count > 0 && source.ClassNames.Count != classCount)
        {
            throw new CertiPureException(
                $"{source.Name} has {source.ClassNames.Count} classes, but the classifier knows "
                + $"{classCount} classes; choose a classifier for this data set.",
                ErrorReason.Refused);
        }

        foreach (int id in ids)
        {
            if (source.Read(id).Label is { } label && (uint)label >= (uint)classCount)
            {
                throw new CertiPureException(
                    $"Image {id} of {source.Name} has label {label}, but the classifier knows only the classes 0 to "
                    + $"{classCount - 1}; correct the labels.",
                    ErrorReason.Refused);
            }
        }
    }

    /// <summary>The images' pixels fill the 8-bit range: where none exceeds 1 of 255, they were most probably scaled to [0,1] before
    /// they were stored, and the noise would drown them.</summary>
    /// <param name="source">The images.</param>
    /// <param name="ids">The ids to be looked at.</param>
    /// <exception cref="CertiPureException">They do not.</exception>
    public static void PixelRange(IImageSource source, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count > 0 && ids.All(id => !source.Read(id).Bytes.Span.ContainsAnyExceptInRange((byte)0, (byte)1)))
        {
            throw new CertiPureException(
                $"No pixel of {ids.Count} images of {source.Name} exceeds 1 of 255; they were probably scaled to [0,1] before they were "
                + "stored as 8-bit values, so store them unscaled.",
                ErrorReason.Refused);
        }
    }

    /// <summary>The purifier's network is told a noise level near to the true one and within what diffusion models are trained
    /// for (t from 0.002 to 80, Karras et al. 2022). Any level is sound, but a wrong one certifies next to nothing.</summary>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <param name="told">The level t in network space that the network is told; 2 sigma would be exact.</param>
    /// <exception cref="CertiPureException">It lies out of range, or more than half of 2 sigma off.</exception>
    public static void Level(double sigma, double told)
    {
        double exact = 2 * sigma;
        if (exact is < 0.002 or > 80)
        {
            throw new CertiPureException(
                $"Sigma {sigma} is noise of level t = {exact} to the purifier's network, which knows levels from 0.002 to 80; take "
                + "another sigma.",
                ErrorReason.Refused);
        }

        if (Math.Abs(told - exact) > 0.5 * exact)
        {
            throw new CertiPureException(
                $"The purifier's network would be given the noise level t = {told} where sigma {sigma} means {exact}; take the exact level.",
                ErrorReason.LevelNotExact);
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
                ErrorReason.Refused);
    }
}
