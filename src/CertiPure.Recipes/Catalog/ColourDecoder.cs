using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>Gives every image three channels: data sets of colour pictures hold some grey JPEG files.</summary>
internal sealed class ColourDecoder(IImageDecoder decoder) : IImageDecoder
{
    /// <inheritdoc/>
    public LabeledImage Decode(ReadOnlyMemory<byte> file, string name)
    {
        LabeledImage image = decoder.Decode(file, name);
        return image.Shape.Channels == 1
            ? image with
            {
                Shape = image.Shape with { Channels = 3 },
                Bytes = (byte[])[.. image.Bytes.Span, .. image.Bytes.Span, .. image.Bytes.Span],
            }
            : image;
    }
}
