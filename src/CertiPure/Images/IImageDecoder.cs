namespace CertiPure.Images;

/// <summary>Turns the bytes of an image file (PNG, JPEG, ...) into pixels, with bounds on what it accepts.</summary>
public interface IImageDecoder
{
    /// <summary>Decodes a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <returns>The image with id 0 and no label, 8 bits per value, red-green-blue or grey.</returns>
    /// <exception cref="CertiPureException">It is no image, damaged, or too large.</exception>
    LabeledImage Decode(ReadOnlyMemory<byte> file, string name);
}
