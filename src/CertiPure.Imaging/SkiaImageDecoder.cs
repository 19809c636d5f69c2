using CertiPure.Images;
using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>
/// Decodes PNG, JPEG, BMP and WebP (and, as stored, GIF) within bounds that are checked before any pixel is decoded. Colour profiles
/// are not applied, as in the data sets' own tools; what happens to a camera's orientation, to transparency and to animations,
/// <see cref="PictureReading"/> says.
/// </summary>
public sealed class SkiaImageDecoder : IImageDecoder
{
    /// <summary>Sets the bounds.</summary>
    /// <param name="maximumBytes">The largest file in bytes.</param>
    /// <param name="maximumPixels">The most pixels, width times height.</param>
    /// <param name="reading">What the file's own hints do.</param>
    public SkiaImageDecoder(
        int maximumBytes = 32 << 20, int maximumPixels = 1 << 24, PictureReading reading = PictureReading.Shown)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumPixels);
        MaximumBytes = maximumBytes;
        MaximumPixels = maximumPixels;
        Reading = reading;
    }

    /// <summary>The largest file in bytes.</summary>
    public int MaximumBytes { get; }

    /// <summary>The most pixels, width times height.</summary>
    public int MaximumPixels { get; }

    /// <summary>What the file's own hints do.</summary>
    public PictureReading Reading { get; }

    /// <inheritdoc/>
    public LabeledImage Decode(ReadOnlyMemory<byte> file, string name) => DecodePicture(file, name).Image;

    /// <summary>Decodes a file, and counts its frames.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <exception cref="CertiPureException">It is not an image, damaged, or too large.</exception>
    internal DecodedPicture DecodePicture(ReadOnlyMemory<byte> file, string name)
    {
        if (file.Length > MaximumBytes)
        {
            throw new CertiPureException(
                $"The image {name} has {file.Length} bytes, more than the {MaximumBytes} allowed; shrink it first.");
        }

        using SKData data = SKData.CreateCopy(file.Span);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null
            || !(codec.EncodedFormat is SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Bmp
                    or SKEncodedImageFormat.Webp
                || (codec.EncodedFormat == SKEncodedImageFormat.Gif && Reading == PictureReading.Stored)))
        {
            throw new CertiPureException($"{name} is not a PNG, JPEG, BMP or WebP image; convert it to one of these.");
        }

        if ((long)codec.Info.Width * codec.Info.Height > MaximumPixels)
        {
            throw new CertiPureException(
                $"The image {name} has {codec.Info.Width} x {codec.Info.Height} pixels, more than the {MaximumPixels} allowed; "
                + "shrink it first.");
        }

        if (codec.FrameCount > 1 && Reading == PictureReading.Shown)
        {
            throw new CertiPureException($"The image {name} is an animation of {codec.FrameCount} frames; give one frame.");
        }

        bool isGrey = codec.Info.ColorType == SKColorType.Gray8;
        // No colour space: the stored values are wanted, not those of the screen's profile.
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            isGrey ? SKColorType.Gray8 : SKColorType.Rgba8888,
            isGrey ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            null);
        var pixels = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* start = pixels)
            {
                result = codec.GetPixels(info, (nint)start);
            }
        }

        if (result != SKCodecResult.Success)
        {
            throw new CertiPureException(
                result == SKCodecResult.IncompleteInput
                    ? $"The image {name} is cut off; get the whole file."
                    : $"The image {name} is damaged ({result}); get a sound copy.");
        }

        SKEncodedOrigin origin = Reading == PictureReading.Shown ? codec.EncodedOrigin : SKEncodedOrigin.TopLeft;
        return new DecodedPicture(ToImage(pixels, info, isGrey ? 1 : 3, origin), Math.Max(codec.FrameCount, 1));
    }

    private LabeledImage ToImage(byte[] pixels, SKImageInfo info, int channels, SKEncodedOrigin origin)
    {
        // The last four origins of EXIF exchange rows and columns.
        bool isTransposed = origin >= SKEncodedOrigin.LeftTop;
        var shape = new ImageShape(channels, isTransposed ? info.Width : info.Height, isTransposed ? info.Height : info.Width);
        var planes = new byte[shape.Length];
        for (int y = 0; y < shape.Height; y++)
        {
            for (int x = 0; x < shape.Width; x++)
            {
                (int column, int row) = StoredPlace(x, y, info, origin);
                int source = ((row * info.Width) + column) * info.BytesPerPixel;
                int target = (y * shape.Width) + x;
                if (channels == 1)
                {
                    planes[target] = pixels[source];
                    continue;
                }

                int alpha = Reading == PictureReading.Shown ? pixels[source + 3] : 255;
                for (int channel = 0; channel < 3; channel++)
                {
                    planes[(channel * shape.Height * shape.Width) + target] =
                        (byte)(((pixels[source + channel] * alpha) + (255 * (255 - alpha)) + 127) / 255);
                }
            }
        }

        return new LabeledImage(0, null, shape, planes);
    }

    /// <summary>Where the pixel that belongs at (x, y) is stored (EXIF 2.32, tag Orientation).</summary>
    private static (int Column, int Row) StoredPlace(int x, int y, SKImageInfo info, SKEncodedOrigin origin)
    {
        int right = info.Width - 1;
        int bottom = info.Height - 1;
        return origin switch
        {
            SKEncodedOrigin.TopRight => (right - x, y),
            SKEncodedOrigin.BottomRight => (right - x, bottom - y),
            SKEncodedOrigin.BottomLeft => (x, bottom - y),
            SKEncodedOrigin.LeftTop => (y, x),
            SKEncodedOrigin.RightTop => (y, bottom - x),
            SKEncodedOrigin.RightBottom => (right - y, bottom - x),
            SKEncodedOrigin.LeftBottom => (right - y, x),
            _ => (x, y),
        };
    }
}
