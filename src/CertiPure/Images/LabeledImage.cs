namespace CertiPure.Images;

/// <summary>One 8-bit image with its place in its data set.</summary>
/// <param name="Id">The position in the data set; 0 for a single file. The noise of the image depends on it.</param>
/// <param name="Label">The true class, or null where it is unknown.</param>
/// <param name="Shape">The image's shape.</param>
/// <param name="Bytes">The pixels 0 to 255, <c>[C,H,W]</c> row-major.</param>
public sealed record LabeledImage(int Id, int? Label, ImageShape Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The image's file within its folder, with forward slashes; null where images have no files of their own.</summary>
    public string? File { get; init; }

    /// <summary>The position in the data set; 0 for a single file. The noise of the image depends on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Id
    {
        get;
        init => field = RequireId(value);
    }

    = RequireId(Id);

    /// <summary>The pixels 0 to 255, <c>[C,H,W]</c> row-major.</summary>
    /// <exception cref="ArgumentException">They are not as many as the shape has.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get;
        init => field = RequireAll(value, Shape);
    }

    = RequireAll(Bytes, Shape);

    /// <summary>Writes the pixels as value / 255, so in [0,1].</summary>
    /// <param name="pixels">Receives <c>Shape.Length</c> values.</param>
    public void CopyPixels(Span<float> pixels)
    {
        ReadOnlySpan<byte> bytes = Bytes.Span;
        for (int i = 0; i < bytes.Length; i++)
        {
            pixels[i] = bytes[i] / 255f;
        }
    }

    /// <summary>The pixels as value / 255, so in [0,1].</summary>
    public float[] ToPixels()
    {
        var pixels = new float[Bytes.Length];
        CopyPixels(pixels);
        return pixels;
    }

    private static int RequireId(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        return id;
    }

    private static ReadOnlyMemory<byte> RequireAll(ReadOnlyMemory<byte> bytes, ImageShape shape) => bytes.Length == shape.Length
        ? bytes
        : throw new ArgumentException($"An image of {shape} has {shape.Length} bytes, not {bytes.Length}.", nameof(bytes));
}
