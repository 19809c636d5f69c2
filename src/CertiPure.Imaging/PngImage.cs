using CertiPure.Images;
using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>Writes images as PNG.</summary>
public static class PngImage
{
    /// <summary>Encodes an 8-bit image without loss.</summary>
    /// <param name="image">A grey or red-green-blue image.</param>
    public static byte[] Encode(LabeledImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Encode(image.Shape, image.Bytes.Span);
    }

    /// <summary>Encodes pixels for showing: clipped to [0,1] and rounded to 8 bits.</summary>
    /// <param name="shape">The shape, of 1 or 3 channels.</param>
    /// <param name="pixels"><c>[C,H,W]</c> in pixel space, not necessarily within [0,1].</param>
    public static byte[] Encode(ImageShape shape, ReadOnlySpan<float> pixels)
    {
        return Encode(shape, ToBytes(pixels));
    }

    /// <summary>Pixels clipped to [0,1] and rounded to 8 bits.</summary>
    internal static byte[] ToBytes(ReadOnlySpan<float> pixels)
    {
        var bytes = new byte[pixels.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            // A NaN fails every comparison and would otherwise become an arbitrary byte.
            float value = pixels[i] > 0 ? Math.Min(pixels[i], 1f) : 0f;
            bytes[i] = (byte)MathF.Round(255f * value);
        }

        return bytes;
    }

    /// <summary>Pixels as a bitmap, red-green-blue whatever the shape.</summary>
    internal static SKBitmap ToBitmap(ImageShape shape, ReadOnlySpan<byte> planes)
    {
        if (shape.Channels is not (1 or 3) || planes.Length != shape.Length)
        {
            throw new ArgumentException($"{planes.Length} values of shape {shape} are neither a grey nor a colour image.");
        }

        var bitmap = new SKBitmap(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> target = bitmap.GetPixelSpan();
        int area = shape.Height * shape.Width;
        for (int i = 0; i < area; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                target[(4 * i) + channel] = planes[(shape.Channels == 1 ? 0 : channel * area) + i];
            }

            target[(4 * i) + 3] = 255;
        }

        return bitmap;
    }

    private static byte[] Encode(ImageShape shape, ReadOnlySpan<byte> planes)
    {
        using SKBitmap bitmap = ToBitmap(shape, planes);
        using SKBitmap encoded = shape.Channels == 1 ? bitmap.Copy(SKColorType.Gray8) : bitmap.Copy();
        using SKData data = encoded.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }
}
