namespace CertiPure.Images;

/// <summary>
/// A batch of images <c>[N,C,H,W]</c> in pixel space. A clean pixel lies in [0,1]; a noisy or purified one may lie
/// outside, because nothing clips after the noise. Sigma and every radius are measured in this space.
/// </summary>
public sealed class ImageBatch
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="shape">The shape of each image.</param>
    /// <param name="pixels">The pixels, image after image, each <c>[C,H,W]</c> row-major.</param>
    /// <exception cref="ArgumentException">The number of pixels is not a multiple of the shape's length.</exception>
    public ImageBatch(ImageShape shape, Memory<float> pixels)
    {
        if (shape.Length <= 0 || pixels.Length % shape.Length != 0)
        {
            throw new ArgumentException($"{pixels.Length} values do not make whole images of {shape}.", nameof(pixels));
        }

        Shape = shape;
        Pixels = pixels;
        Count = pixels.Length / shape.Length;
    }

    /// <summary>Makes a batch of black images.</summary>
    /// <param name="shape">The shape of each image.</param>
    /// <param name="count">The number of images, N.</param>
    public ImageBatch(ImageShape shape, int count)
        : this(shape, new float[checked(shape.Length * count)])
    {
    }

    /// <summary>The shape of each image.</summary>
    public ImageShape Shape { get; }

    /// <summary>The number of images, N.</summary>
    public int Count { get; }

    /// <summary>All pixels, <c>[N,C,H,W]</c> row-major.</summary>
    public Memory<float> Pixels { get; }

    /// <summary>The pixels of one image, <c>[C,H,W]</c> row-major.</summary>
    /// <param name="index">The position in the batch, 0 to N-1.</param>
    public Span<float> this[int index] => Pixels.Span.Slice(index * Shape.Length, Shape.Length);
}
