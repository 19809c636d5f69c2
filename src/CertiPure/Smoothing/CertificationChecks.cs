using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>What can be found wrong with a certification before it costs thousands of draws per image. Each check refuses with
/// a sentence.</summary>
public static class CertificationChecks
{
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
}
