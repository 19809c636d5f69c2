using CertiPure.Images;
using CertiPure.Server.Hosting;

namespace CertiPure.Server.Uploads;

/// <summary>Fits a decoded image to what a model takes. Colours may be reduced or repeated, sizes may not: the image that is
/// certified should be the one that was sent.</summary>
internal static class ImageFit
{
    public static LabeledImage ToShape(LabeledImage image, ImageShape shape)
    {
        if (image.Shape.Height != shape.Height || image.Shape.Width != shape.Width)
        {
            throw RequestException.BadRequest(
                $"The image has {image.Shape.Width} x {image.Shape.Height} pixels, but the model takes {shape.Width} x {shape.Height}; "
                + "resize it first.");
        }

        return (image.Shape.Channels, shape.Channels) switch
        {
            var (given, taken) when given == taken => image,
            (3, 1) => image with { Shape = shape, Bytes = Grey(image.Bytes.Span) },
            (1, 3) => image with { Shape = shape, Bytes = Repeat(image.Bytes.Span) },
            var (given, taken) => throw RequestException.BadRequest(
                $"The image has {given} channels, but the model takes {taken}."),
        };
    }

    /// <summary>Luma of ITU-R BT.601 with weights of 1/1000, so that equal red, green and blue give exactly that grey.</summary>
    private static byte[] Grey(ReadOnlySpan<byte> bytes)
    {
        int plane = bytes.Length / 3;
        var grey = new byte[plane];
        for (int i = 0; i < plane; i++)
        {
            grey[i] = (byte)(((299 * bytes[i]) + (587 * bytes[plane + i]) + (114 * bytes[(2 * plane) + i]) + 500) / 1000);
        }

        return grey;
    }

    private static byte[] Repeat(ReadOnlySpan<byte> grey)
    {
        var colours = new byte[3 * grey.Length];
        for (int channel = 0; channel < 3; channel++)
        {
            grey.CopyTo(colours.AsSpan(channel * grey.Length));
        }

        return colours;
    }
}
