using CertiPure.Images;

namespace CertiPure.Imaging;

/// <summary>
/// Decodes the picture files that data sets are made of, each recognised by its first bytes: PNG, JPEG, BMP, WebP, GIF, TIFF, PPM and
/// PGM. Pixels are those stored (<see cref="PictureReading.Stored"/>).
/// </summary>
public sealed class PictureDecoder : IImageDecoder
{
    private readonly SkiaImageDecoder _skia;

    /// <summary>Sets the bounds.</summary>
    /// <param name="maximumBytes">The largest file in bytes.</param>
    /// <param name="maximumPixels">The most pixels, width times height.</param>
    public PictureDecoder(int maximumBytes = 64 << 20, int maximumPixels = 1 << 26) =>
        _skia = new SkiaImageDecoder(maximumBytes, maximumPixels, PictureReading.Stored);

    /// <summary>Whether a file begins as a picture does, of a kind that is decoded or of one that is known and not decoded.</summary>
    /// <param name="start">The first bytes, 16 or more where there are as many.</param>
    public static bool IsPicture(ReadOnlySpan<byte> start) =>
        start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..]
        || (start.Length >= 16 && start.StartsWith("BM"u8) && start[6..10].IndexOfAnyExcept((byte)0) < 0)
        || start.StartsWith("GIF8"u8)
        || (start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8))
        || TiffPicture.Is(start) || NetpbmPicture.Is(start) || UnsupportedKind(start) is not null;

    /// <summary>The name of a kind of picture that is known and not decoded (HEIC, AVIF, JPEG XL), or null.</summary>
    /// <param name="start">The first bytes, 16 or more where there are as many.</param>
    public static string? UnsupportedKind(ReadOnlySpan<byte> start)
    {
        if (start.Length >= 12 && start[4..8].SequenceEqual("ftyp"u8))
        {
            ReadOnlySpan<byte> brand = start[8..12];
            return brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) ? "AVIF"
                : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
                    ? "HEIC"
                : null;
        }

        return start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ']) || start is [0xFF, 0x0A, ..]
            ? "JPEG XL"
            : null;
    }

    /// <inheritdoc/>
    public LabeledImage Decode(ReadOnlyMemory<byte> file, string name) => DecodePicture(file, name).Image;

    /// <summary>Decodes a file, and counts its frames.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <exception cref="CertiPureException">It is not a picture, damaged, too large, or of a kind that is not decoded.</exception>
    public DecodedPicture DecodePicture(ReadOnlyMemory<byte> file, string name)
    {
        ReadOnlySpan<byte> start = file.Span[..Math.Min(file.Length, 16)];
        return UnsupportedKind(start) is { } kind
                ? throw new CertiPureException($"{name} is a {kind} picture, which is not supported; save it as PNG or JPEG.")
            : TiffPicture.Is(start) ? TiffPicture.Decode(file, name, _skia.MaximumPixels)
            : NetpbmPicture.Is(start) ? new DecodedPicture(NetpbmPicture.Decode(file.Span, name, _skia.MaximumPixels), 1)
            : _skia.DecodePicture(file, name);
    }
}

/// <summary>A picture file's pixels.</summary>
/// <param name="Image">The image with id 0 and no label; one channel where the file stores grey.</param>
/// <param name="Frames">The frames of the file, of which the image is the first.</param>
public sealed record DecodedPicture(LabeledImage Image, int Frames);

/// <summary>What the hints in a picture file do that are meant for showing it.</summary>
public enum PictureReading
{
    /// <summary>A camera's orientation is applied, transparency is laid over white, animations are refused: for a picture that
    /// somebody looks at.</summary>
    Shown,

    /// <summary>The stored pixels: no orientation, transparency dropped, the first frame of an animation. So torchvision's loader
    /// reads a data set (Pillow's <c>Image.open(file).convert("RGB")</c>).</summary>
    Stored,
}
