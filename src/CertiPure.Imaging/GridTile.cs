using CertiPure.Images;

namespace CertiPure.Imaging;

/// <summary>One picture of a grid.</summary>
/// <param name="Shape">The shape, of 1 or 3 channels.</param>
/// <param name="Pixels"><c>[C,H,W]</c> in pixel space; clipped to [0,1] for showing.</param>
/// <param name="IsCorrect">Whether what a classifier says of it is right, or null where nothing is said: the border.</param>
/// <param name="Caption">What is said of it, below the picture; null for nothing.</param>
public sealed record GridTile(ImageShape Shape, ReadOnlyMemory<float> Pixels, bool? IsCorrect = null, string? Caption = null)
{
    /// <summary>A clean 8-bit image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="isCorrect">Whether what a classifier says of it is right, or null.</param>
    /// <param name="caption">What is said of it, or null.</param>
    public static GridTile Of(LabeledImage image, bool? isCorrect = null, string? caption = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new GridTile(image.Shape, image.ToPixels(), isCorrect, caption);
    }

    /// <summary>One image of a batch, copied.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The position in the batch.</param>
    /// <param name="isCorrect">Whether what a classifier says of it is right, or null.</param>
    /// <param name="caption">What is said of it, or null.</param>
    public static GridTile Of(ImageBatch batch, int index, bool? isCorrect = null, string? caption = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new GridTile(batch.Shape, batch[index].ToArray(), isCorrect, caption);
    }
}
