using System.Collections.Concurrent;

namespace CertiPure.Smoothing;

/// <summary>
/// Gaussian noise rounded to the 1/255 grid, P(k/255) = Phi((2k+1)/(510 sigma)) - Phi((2k-1)/(510 sigma)), drawn from 64-bit
/// thresholds floor(2^64 Phi((2k+1)/(510 sigma))) that are computed exactly. On 8-bit images it is the same as rounding after real
/// Gaussian noise, so the certificate of the real noise holds bit for bit (Voracek and Hein, ICLR 2023). Every probability is
/// right to 2^-64.
/// </summary>
internal sealed class GridNoise
{
    private const int GuideBits = 12;
    private static readonly ConcurrentDictionary<double, Lazy<GridNoise>> Tables = new();

    /// <summary>Thresholds of k = -reach, -reach + 1, ...; bits below threshold number i, but not below i - 1, mean
    /// k = i - reach.</summary>
    private readonly ulong[] _thresholds;
    private readonly int _reach;

    /// <summary>For each value of the upper bits, the first threshold above the least number that begins so.</summary>
    private readonly int[] _guide;

    private GridNoise(double sigma)
    {
        // Beyond 9.2 sigma a tail is below 2^-64 and no 64-bit number falls there.
        _reach = (int)Math.Ceiling(9.2 * 255 * sigma) + 1;
        _thresholds = new ulong[2 * _reach];
        Parallel.For(0, _reach, k =>
        {
            // The tails of the thresholds k and -1 - k are equal; one is rounded down, the other's complement up.
            ulong tail = FixedPointNormal.UpperTail64((2 * k) + 1, 510, sigma);
            _thresholds[_reach - 1 - k] = tail;
            _thresholds[_reach + k] = ulong.MaxValue - tail;
        });
        _guide = new int[(1 << GuideBits) + 1];
        int threshold = 0;
        for (int bucket = 0; bucket < _guide.Length; bucket++)
        {
            while (bucket < 1 << GuideBits && threshold < _thresholds.Length
                && _thresholds[threshold] <= (ulong)bucket << (64 - GuideBits))
            {
                threshold++;
            }

            _guide[bucket] = bucket < 1 << GuideBits ? threshold : _thresholds.Length;
        }
    }

    /// <summary>The noise of a level; computed once.</summary>
    internal static GridNoise Of(double sigma) => Tables.GetOrAdd(sigma, key => new Lazy<GridNoise>(() => new GridNoise(key))).Value;

    /// <summary>The noise in steps of 1/255 that 64 random bits stand for.</summary>
    internal int Steps(ulong bits)
    {
        int bucket = (int)(bits >> (64 - GuideBits));
        int low = _guide[bucket];
        int high = _guide[bucket + 1];
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (bits < _thresholds[middle])
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low - _reach;
    }

    /// <summary>The pixel some grid steps away.</summary>
    /// <exception cref="ArgumentException">The pixel is not on the grid.</exception>
    internal static float Add(float pixel, int steps)
    {
        float grid = MathF.Round(pixel * 255f);
        return grid / 255f == pixel
            ? (grid + steps) / 255f
            : throw new ArgumentException($"Exact noise needs 8-bit pixels, and {pixel} is not a multiple of 1/255.", nameof(pixel));
    }
}
