using BitMiracle.LibTiff.Classic;
using CertiPure.Images;

namespace CertiPure.Imaging;

/// <summary>
/// TIFF by LibTiff.NET. Grey and colour of 8 bits in rows are read as stored, so that transparency is dropped; all else (palettes, tiles,
/// 16 bits, CMYK, fax) through LibTiff's own conversion to 8-bit colour.
/// </summary>
internal static class TiffPicture
{
    static TiffPicture()
    {
        // Its own handler writes to the standard error.
        Tiff.SetErrorHandler(new Silent());
    }

    /// <summary>Whether a file begins as these do.</summary>
    public static bool Is(ReadOnlySpan<byte> start) => start is [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..];

    /// <summary>Decodes a file's first page.</summary>
    /// <exception cref="CertiPureException">It is damaged or too large.</exception>
    public static DecodedPicture Decode(ReadOnlyMemory<byte> file, string name, int maximumPixels)
    {
        try
        {
            using var content = new MemoryStream(file.ToArray(), writable: false);
            using Tiff tiff = Tiff.ClientOpen(name, "r", content, new TiffStream()) ?? throw Damaged(name, null);
            int width = Number(tiff, TiffTag.IMAGEWIDTH), height = Number(tiff, TiffTag.IMAGELENGTH);
            // What a small file declares is believed only as far as its bytes go: deflate expands at most 1,032 times, a bit to a pixel.
            if (width < 1 || height < 1 || (long)width * height > 8L * 1032 * file.Length)
            {
                throw Damaged(name, null);
            }

            if ((long)width * height > maximumPixels)
            {
                throw new CertiPureException(
                    $"The image {name} has {width} x {height} pixels, more than the {maximumPixels} allowed; shrink it first.");
            }

            LabeledImage image = IsPlain(tiff) ? ReadRows(tiff, width, height, name) : ReadConverted(tiff, width, height, name);
            return new DecodedPicture(image, tiff.NumberOfDirectories());
        }
        catch (Exception error) when (error is not CertiPureException)
        {
            // LibTiff.NET answers hostile files with whatever its arithmetic ends in.
            throw Damaged(name, error);
        }
    }

    private static bool IsPlain(Tiff tiff) =>
        Number(tiff, TiffTag.BITSPERSAMPLE) == 8 && !tiff.IsTiled() && Number(tiff, TiffTag.SAMPLESPERPIXEL) is 1 or 2 or 3 or 4
        && (PlanarConfig)Number(tiff, TiffTag.PLANARCONFIG) == PlanarConfig.CONTIG
        && (Photometric)Number(tiff, TiffTag.PHOTOMETRIC) is Photometric.MINISBLACK or Photometric.RGB
        && (Orientation)Number(tiff, TiffTag.ORIENTATION) == Orientation.TOPLEFT;

    private static LabeledImage ReadRows(Tiff tiff, int width, int height, string name)
    {
        int samples = Number(tiff, TiffTag.SAMPLESPERPIXEL), channels = samples < 3 ? 1 : 3;
        var shape = new ImageShape(channels, height, width);
        var planes = new byte[shape.Length];
        var row = new byte[tiff.ScanlineSize()];
        for (int y = 0; y < height; y++)
        {
            if (!tiff.ReadScanline(row, y))
            {
                throw Damaged(name, null);
            }

            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    planes[(((channel * height) + y) * width) + x] = row[(x * samples) + channel];
                }
            }
        }

        return new LabeledImage(0, null, shape, planes);
    }

    private static LabeledImage ReadConverted(Tiff tiff, int width, int height, string name)
    {
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT))
        {
            throw Damaged(name, null);
        }

        bool isGrey = (Photometric)Number(tiff, TiffTag.PHOTOMETRIC) is Photometric.MINISBLACK or Photometric.MINISWHITE;
        var shape = new ImageShape(isGrey ? 1 : 3, height, width);
        var planes = new byte[shape.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            int pixel = raster[i % raster.Length];
            planes[i] = (byte)((i / raster.Length) switch { 0 => Tiff.GetR(pixel), 1 => Tiff.GetG(pixel), _ => Tiff.GetB(pixel) });
        }

        return new LabeledImage(0, null, shape, planes);
    }

    private static int Number(Tiff tiff, TiffTag tag) => tiff.GetFieldDefaulted(tag) is [var value, ..] ? value.ToInt() : 0;

    private static CertiPureException Damaged(string name, Exception? error) =>
        new($"The image {name} is a TIFF file that cannot be decoded{(error is null ? "" : $" ({error.Message.TrimEnd('.')})")}; save it as PNG.", error);

    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
