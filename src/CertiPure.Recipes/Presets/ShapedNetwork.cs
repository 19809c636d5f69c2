using System.Globalization;
using CertiPure.Images;

namespace CertiPure.Recipes.Presets;

/// <summary>
/// The network of a preset that fits any square images: it works on a grid of at most 16x16 patches, each of as few pixels as that
/// allows, with attention over the whole grid. Such a preset has 0 in place of the resolution, the channels and the patch.
/// </summary>
internal static class ShapedNetwork
{
    private const int LargestGrid = 16;
    private const int SmallestGrid = 4;

    /// <summary>The changes of a preset's network that fit it to images.</summary>
    /// <param name="shape">The images' shape.</param>
    /// <exception cref="CertiPureException">The images are not square, or their side cannot be divided into patches.</exception>
    public static IReadOnlyList<string> Changes(ImageShape shape)
    {
        if (shape.Height != shape.Width)
        {
            throw new CertiPureException(
                $"The preset's network takes square images, and these are of {shape}; cut squares out of them.", ErrorReason.InvalidArgument);
        }

        int side = shape.Height;
        int patch = Enumerable.Range(1, side).First(patch => side % patch == 0 && side / patch <= LargestGrid);
        int grid = side / patch;
        if (grid < SmallestGrid)
        {
            throw new CertiPureException(
                $"Images of {side} pixels a side cannot be divided into a grid of {SmallestGrid} to {LargestGrid} patches; resize them, to 64 for "
                + "example.",
                ErrorReason.InvalidArgument);
        }

        return
        [
            string.Create(CultureInfo.InvariantCulture, $"network.arguments.img_resolution={side}"),
            string.Create(CultureInfo.InvariantCulture, $"network.arguments.img_channels={shape.Channels}"),
            string.Create(CultureInfo.InvariantCulture, $"network.arguments.patch={patch}"),
            string.Create(CultureInfo.InvariantCulture, $"network.arguments.attn_resolutions=[{grid}]"),
        ];
    }
}
