namespace CertiPure.Smoothing;

/// <summary>
/// The noise of randomized smoothing as a function of (seed, image id, phase, draw): the same bits whatever the batch size,
/// shard, thread, order or machine, and every draw can be drawn again later.
/// </summary>
/// <remarks>
/// Counter layout of Philox4x32-10: key = (low, high half of the seed); counter = (block, draw, image id, phase). The block's
/// four words w0..w3 give the noise of the pixels 2*block and 2*block + 1 of the <c>[C,H,W]</c> row-major image from the 64-bit
/// numbers w1*2^32 + w0 and w3*2^32 + w2. Normal noise uses the upper 52 bits m of such a number: u = (2m+1) * 2^-53, noise =
/// sigma * Quantile(u), at most 8.21 sigma.
/// </remarks>
public sealed class NoiseSource
{
    /// <summary>Makes the source.</summary>
    /// <param name="seed">The seed; it has to be chosen before the image is known to whoever could craft the image to it.</param>
    /// <param name="kind">Which noise.</param>
    public NoiseSource(ulong seed, NoiseKind kind = NoiseKind.Normal)
    {
        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such noise.");
        }

        Seed = seed;
        Kind = kind;
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>Which noise.</summary>
    public NoiseKind Kind { get; }

    /// <summary>Adds the noise of one draw to an image: noisy = image + sigma * noise, unclipped.</summary>
    /// <param name="image">The pixels <c>[C,H,W]</c> in pixel space [0,1].</param>
    /// <param name="imageId">The image's position in its data set.</param>
    /// <param name="phase">What the draw is for.</param>
    /// <param name="draw">The number of the draw within its phase, from 0.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="noisy">Receives the noisy pixels; as long as <paramref name="image"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of range.</exception>
    public void AddNoise(
        ReadOnlySpan<float> image, int imageId, NoisePhase phase, int draw, double sigma, Span<float> noisy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imageId);
        ArgumentOutOfRangeException.ThrowIfNegative(draw);
        if (!(sigma > 0) || !double.IsFinite(sigma))
        {
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "Sigma must be a finite number above 0.");
        }

        if (noisy.Length != image.Length)
        {
            throw new ArgumentException(
                $"The noisy image has {noisy.Length} values, the image {image.Length}.", nameof(noisy));
        }

        for (int block = 0; 2 * block < image.Length; block++)
        {
            uint w0 = (uint)block, w1 = (uint)draw, w2 = (uint)imageId, w3 = (uint)phase;
            Philox4x32.Generate(ref w0, ref w1, ref w2, ref w3, (uint)Seed, (uint)(Seed >> 32));
            int i = 2 * block;
            noisy[i] = (float)(image[i] + (sigma * Normal(((ulong)w1 << 32) | w0)));
            if (i + 1 < image.Length)
            {
                noisy[i + 1] = (float)(image[i + 1] + (sigma * Normal(((ulong)w3 << 32) | w2)));
            }
        }
    }

    private static double Normal(ulong bits) => NormalTransform.Quantile((2 * (bits >> 12) + 1) * (1.0 / (1L << 53)));
}
