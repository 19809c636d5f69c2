using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Graphs;

/// <summary>Images by which the ranges of 8-bit activations are chosen: training images, never those that are certified.</summary>
/// <param name="Images">The images, of which some are taken, evenly spread.</param>
public sealed record CalibrationImages(IImageSource Images)
{
    /// <summary>The images that are taken, at most.</summary>
    public const int Count = 128;

    // Any seed would do: the noise is seen by the calibration alone.
    private const ulong Seed = 0;

    /// <summary>What they are, for a file that was made with them.</summary>
    public string Description => $"{Images.Name}{(Images.Split is null ? "" : " " + Images.Split)}, {Ids.Count()} images";

    private IEnumerable<int> Ids
    {
        get
        {
            int taken = Math.Min(Count, Images.Count);
            return Enumerable.Range(0, taken).Select(i => (int)((long)i * Images.Count / taken));
        }
    }

    /// <summary>The images with noise.</summary>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    public ImageBatch Noisy(double sigma)
    {
        int[] ids = [.. Ids];
        var noise = new NoiseSource(Seed);
        var batch = new ImageBatch(Images.Shape, ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            noise.AddNoise(Images.Read(ids[i]).ToPixels(), ids[i], NoisePhase.Display, 0, sigma, batch[i]);
        }

        return batch;
    }

    /// <summary>Refuses to calibrate by the images that are certified.</summary>
    /// <param name="pixelSha256">The hash of the pixels of the run's images.</param>
    /// <exception cref="CertiPureException">They are the same.</exception>
    public void RefuseCertified(string pixelSha256)
    {
        if (pixelSha256 == Images.PixelSha256)
        {
            throw new CertiPureException(
                $"The ranges of 8-bit activations would be calibrated by {Images.Name} {Images.Split}, the images to certify; they have to be "
                + "others, such as training images.",
                ErrorReason.Refused);
        }
    }
}
