using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CertiPure.Smoothing;

/// <summary>
/// The noise of randomized smoothing as a function of (seed, image id, phase, draw): the same bits whatever the batch size,
/// shard, thread, order or machine, and every draw can be drawn again later.
/// </summary>
/// <remarks>
/// Counter layout of Philox4x32-10: key = (low, high half of the seed); counter = (block, draw, image id, phase). The block's
/// four words w0..w3 give the noise of the pixels 2*block and 2*block + 1 of the <c>[C,H,W]</c> row-major image from the 64-bit
/// numbers w1*2^32 + w0 and w3*2^32 + w2. Normal noise takes the upper 52 bits m of such a number, u = (2m+1) * 2^-53, and adds
/// sigma * Quantile(u), at most 8.21 sigma, in double precision; the sum is rounded once, to single precision.
/// </remarks>
public sealed class NoiseSource
{
    /// <summary>Pixels of one step of the vector form: four blocks of two.</summary>
    private const int Step = 8;

    /// <summary>Makes the source.</summary>
    /// <param name="seed">The seed; it has to be chosen before the image is known to anyone who could craft the image to it.</param>
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
    /// <param name="image">The pixels <c>[C,H,W]</c> in pixel space [0,1]; multiples of 1/255 for <see
    /// cref="NoiseKind.Exact"/>.</param>
    /// <param name="imageId">The image's position in its data set, at least 0.</param>
    /// <param name="phase">What the draw is for.</param>
    /// <param name="draw">The number of the draw within its phase, from 0.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="noisy">Receives the noisy pixels; as long as <paramref name="image"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, a number is out of range, or exact noise meets a pixel that is no
    /// multiple of 1/255.</exception>
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

        if (Kind == NoiseKind.Exact)
        {
            AddGrid(image, imageId, phase, draw, GridNoise.Of(sigma), noisy);
            return;
        }

        int done = Avx2.IsSupported ? AddNormalVectors(image, imageId, phase, draw, sigma, noisy) : 0;
        AddNormal(image, imageId, phase, draw, sigma, noisy, done);
    }

    /// <summary>Normal noise one pixel pair at a time, from pixel <paramref name="first"/> on, which is even.</summary>
    internal void AddNormal(
        ReadOnlySpan<float> image, int imageId, NoisePhase phase, int draw, double sigma, Span<float> noisy, int first)
    {
        for (int i = first; i < image.Length; i += 2)
        {
            (ulong even, ulong odd) = Bits(i / 2, imageId, phase, draw);
            noisy[i] = (float)(image[i] + (sigma * NormalTransform.Quantile(NormalTransform.Uniform(even))));
            if (i + 1 < image.Length)
            {
                noisy[i + 1] = (float)(image[i + 1] + (sigma * NormalTransform.Quantile(NormalTransform.Uniform(odd))));
            }
        }
    }

    /// <summary>Normal noise eight pixels at a time; returns how many pixels are done.</summary>
    internal int AddNormalVectors(
        ReadOnlySpan<float> image, int imageId, NoisePhase phase, int draw, double sigma, Span<float> noisy)
    {
        ReadOnlySpan<Vector256<float>> pixels = MemoryMarshal.Cast<float, Vector256<float>>(image);
        Span<Vector256<float>> sums = MemoryMarshal.Cast<float, Vector256<float>>(noisy);
        Vector256<double> scale = Vector256.Create(sigma);
        Vector256<ulong> firstBlocks = Vector256.Create(0UL, 1, 2, 3);
        for (int i = 0; i < pixels.Length; i++)
        {
            Vector256<ulong> w0 = firstBlocks + Vector256.Create((ulong)(4 * i));
            Vector256<ulong> w1 = Vector256.Create((ulong)draw);
            Vector256<ulong> w2 = Vector256.Create((ulong)imageId);
            Vector256<ulong> w3 = Vector256.Create((ulong)phase);
            Philox4x32.Generate(ref w0, ref w1, ref w2, ref w3, (uint)Seed, (uint)(Seed >> 32));
            Vector256<double> even = NormalTransform.Quantile(NormalTransform.Uniform((w1 << 32) | w0));
            Vector256<double> odd = NormalTransform.Quantile(NormalTransform.Uniform((w3 << 32) | w2));

            // (e0,o0,e2,o2) and (e1,o1,e3,o3) become (e0,o0,e1,o1) and (e2,o2,e3,o3).
            Vector256<double> low = Avx.UnpackLow(even, odd);
            Vector256<double> high = Avx.UnpackHigh(even, odd);
            (Vector256<double> pixelsLow, Vector256<double> pixelsHigh) = Vector256.Widen(pixels[i]);
            Vector256<double> sumLow = pixelsLow + (scale * Avx.Permute2x128(low, high, 0x20));
            Vector256<double> sumHigh = pixelsHigh + (scale * Avx.Permute2x128(low, high, 0x31));
            sums[i] = Vector256.Narrow(sumLow, sumHigh);
        }

        return pixels.Length * Step;
    }

    private void AddGrid(
        ReadOnlySpan<float> image, int imageId, NoisePhase phase, int draw, GridNoise grid, Span<float> noisy)
    {
        for (int i = 0; i < image.Length; i += 2)
        {
            (ulong even, ulong odd) = Bits(i / 2, imageId, phase, draw);
            noisy[i] = GridNoise.Add(image[i], grid.Steps(even));
            if (i + 1 < image.Length)
            {
                noisy[i + 1] = GridNoise.Add(image[i + 1], grid.Steps(odd));
            }
        }
    }

    private (ulong Even, ulong Odd) Bits(int block, int imageId, NoisePhase phase, int draw)
    {
        uint w0 = (uint)block;
        uint w1 = (uint)draw;
        uint w2 = (uint)imageId;
        uint w3 = (uint)phase;
        Philox4x32.Generate(ref w0, ref w1, ref w2, ref w3, (uint)Seed, (uint)(Seed >> 32));
        return (((ulong)w1 << 32) | w0, ((ulong)w3 << 32) | w2);
    }
}

/// <summary>Which noise is added to the pixels.</summary>
public enum NoiseKind
{
    /// <summary>Gaussian noise in double precision, rounded once to single precision with the pixel.</summary>
    Normal = 0,

    /// <summary>Gaussian noise rounded to the 1/255 grid of 8-bit images, drawn from integer thresholds: the certificate then
    /// holds bit for bit (Voracek and Hein, ICLR 2023).</summary>
    Exact = 1,
}

/// <summary>What a draw is for. Phases never share draws: the class that selection picks is judged on fresh noise.</summary>
public enum NoisePhase
{
    /// <summary>The n0 draws that pick the class to certify.</summary>
    Selection = 0,

    /// <summary>The n draws that estimate the picked class's probability.</summary>
    Estimation = 1,

    /// <summary>The draws of PREDICT.</summary>
    Prediction = 2,

    /// <summary>Noise for pictures, metrics and attacks, which certifies nothing.</summary>
    Display = 3,
}
