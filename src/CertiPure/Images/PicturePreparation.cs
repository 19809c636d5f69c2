using System.Text.Json.Serialization;

namespace CertiPure.Images;

/// <summary>
/// What happens to every picture before the noise: first its shorter side is scaled to <see cref="Resize"/>, then the middle square of
/// <see cref="Crop"/> pixels is cut out, each as torchvision does it. Sigma and radii are measured on the result.
/// </summary>
/// <param name="Resize">The shorter side's new length; null for no scaling.</param>
/// <param name="Crop">The side of the square; null for that of <paramref name="Resize"/>.</param>
/// <param name="Interpolation">The filter.</param>
public sealed record PicturePreparation(
    int? Resize = null, int? Crop = null, Interpolation Interpolation = Interpolation.Bilinear)
{
    private const int LargestSide = 4096;

    /// <summary>Whether pictures stay as they are.</summary>
    [JsonIgnore]
    public bool IsNone => Resize is null && Crop is null;

    /// <summary>What is done in words, such as <c>resize 256, crop 224, bilinear</c>; null for nothing.</summary>
    public override string? ToString() =>
        (Resize, Crop) switch
        {
            (null, null) => null,
            (null, { } crop) => $"crop {crop}",
            ({ } resize, var crop) => $"resize {resize}, crop {crop ?? resize}, {(Interpolation == Interpolation.Bicubic ? "bicubic" : "bilinear")}",
        };

    /// <summary>Refuses impossible sizes.</summary>
    /// <exception cref="CertiPureException">A side lies outside 1 to 4,096.</exception>
    public void Validate()
    {
        foreach (int side in (int[])[Resize ?? 1, Crop ?? 1])
        {
            if (side is < 1 or > LargestSide)
            {
                throw new CertiPureException($"A picture's side of {side} pixels is not possible; choose from 1 to {LargestSide}.", ErrorReason.InvalidArgument);
            }
        }
    }

    /// <summary>Prepares one picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <exception cref="CertiPureException">The square is larger than the scaled picture.</exception>
    public LabeledImage Apply(LabeledImage image, string name)
    {
        if (Resize is { } side)
        {
            (int height, int width) = (image.Shape.Height, image.Shape.Width);
            (int newHeight, int newWidth) = height < width ? (side, (int)((long)side * width / height)) : ((int)((long)side * height / width), side);
            if ((long)newHeight * newWidth > 1 << 26)
            {
                throw new CertiPureException($"{name} has {width} x {height} pixels, too far from a square to be scaled; crop it first.");
            }

            var resampler = new Resampler(image.Shape, newHeight, newWidth, Interpolation);
            image = image with { Shape = resampler.Target, Bytes = resampler.Resize(image.Bytes.Span) };
        }

        return (Crop ?? Resize) is { } square ? CutMiddle(image, square, name) : image;
    }

    private static LabeledImage CutMiddle(LabeledImage image, int side, string name)
    {
        ImageShape shape = image.Shape;
        if (shape.Height < side || shape.Width < side)
        {
            throw new CertiPureException(
                $"{name} has {shape.Width} x {shape.Height} pixels, and a square of {side} is to be cut out of it; scale it to {side} or more.",
                ErrorReason.InvalidArgument);
        }

        var target = new ImageShape(shape.Channels, side, side);
        var pixels = new byte[target.Length];
        // Python rounds halves to even, and so does torchvision's centre crop.
        int top = (int)Math.Round((shape.Height - side) / 2.0), left = (int)Math.Round((shape.Width - side) / 2.0);
        for (int row = 0; row < shape.Channels * side; row++)
        {
            int from = ((((row / side) * shape.Height) + top + (row % side)) * shape.Width) + left;
            image.Bytes.Span.Slice(from, side).CopyTo(pixels.AsSpan(row * side));
        }

        return image with { Shape = target, Bytes = pixels };
    }
}
