namespace CertiPure.Images;

/// <summary>A data set split, a folder or a single file: images by position, all of one shape.</summary>
public interface IImageSource
{
    /// <summary>The data set's name as on the command line, or the path's last part.</summary>
    string Name { get; }

    /// <summary>The split (<c>train</c>, <c>test</c>), or null for folders and files.</summary>
    string? Split { get; }

    /// <summary>The shape of every image.</summary>
    ImageShape Shape { get; }

    /// <summary>The number of images; ids run from 0 to Count - 1.</summary>
    int Count { get; }

    /// <summary>The classes' names in label order; empty where labels are unknown.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>SHA-256 (lower-case hexadecimal) of all decoded pixels in id order: what is certified, whatever the file
    /// format it came from.</summary>
    string PixelSha256 { get; }

    /// <summary>What happened to every picture before it became one of these images; null for nothing.</summary>
    PicturePreparation? Preparation => null;

    /// <summary>What was found and what was left out, in one sentence; null for a data set of the catalog.</summary>
    string? Summary => null;

    /// <summary>Reads one image.</summary>
    /// <param name="id">0 to Count - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">No image has this id.</exception>
    LabeledImage Read(int id);
}

/// <summary>Turns the bytes of an image file (PNG, JPEG, ...) into pixels, with bounds on what it accepts.</summary>
public interface IImageDecoder
{
    /// <summary>Decodes a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <returns>The image with id 0 and no label, 8 bits per value, red-green-blue or grey.</returns>
    /// <exception cref="CertiPureException">It is not an image, damaged, or too large.</exception>
    LabeledImage Decode(ReadOnlyMemory<byte> file, string name);
}
