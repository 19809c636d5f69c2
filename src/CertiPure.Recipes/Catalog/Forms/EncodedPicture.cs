using CertiPure.Images;
using CertiPure.Imaging;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>Picture files: which of them are pictures, and how one becomes pixels.</summary>
internal static class EncodedPicture
{
    private const int LargestFile = 64 << 20;
    private static readonly PictureDecoder Decoder = new(LargestFile);

    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pnm",
    };

    private static readonly HashSet<string> Unsupported = new(StringComparer.OrdinalIgnoreCase)
    {
        ".heic", ".heif", ".avif", ".jxl", ".jp2", ".svg", ".psd", ".dng", ".cr2", ".nef", ".arw",
    };

    /// <summary>Whether a name is that of a picture that can be decoded.</summary>
    public static bool HasExtension(string name) => Extensions.Contains(Path.GetExtension(name));

    /// <summary>Whether a file is a picture: by its name, or else by how it begins.</summary>
    public static bool IsPicture(string path)
    {
        string extension = Path.GetExtension(path);
        if (Extensions.Contains(extension) || Unsupported.Contains(extension))
        {
            return Extensions.Contains(extension);
        }

        var start = new byte[16];
        using FileStream stream = File.OpenRead(path);
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return PictureDecoder.IsPicture(start.AsSpan(0, count)) && PictureDecoder.UnsupportedKind(start.AsSpan(0, count)) is null;
    }

    /// <summary>A picture in a file of its own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its path within the set.</param>
    /// <param name="label">Its class, or null.</param>
    public static Picture InFile(string path, string name, int? label) =>
        new(name, label, () => Decoder.DecodePicture(ReadFile(path), path));

    /// <summary>A picture within a larger file.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="label">Its class, or null.</param>
    /// <param name="read">Reads its bytes.</param>
    public static Picture Within(string name, int? label, Func<ReadOnlyMemory<byte>> read) =>
        new(name, label, () => Decoder.DecodePicture(read(), name));

    /// <summary>A picture whose pixels are at hand.</summary>
    public static Picture OfPixels(ImageShape shape, ReadOnlyMemory<byte> pixels, int? label) =>
        new(null, label, () => new DecodedPicture(new LabeledImage(0, null, shape, pixels), 1));

    private static byte[] ReadFile(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            return length <= LargestFile
                ? File.ReadAllBytes(path)
                : throw new CertiPureException($"{path} has {length} bytes, more than the {LargestFile} that a picture may have.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
