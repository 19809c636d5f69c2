namespace CertiPure.Torch.Training.Data;

/// <summary>
/// The order in which a run sees its images: every epoch a fresh permutation, each a function of (seed, epoch) alone, so
/// that position p of the order can be computed without the positions before it.
/// </summary>
public sealed class DataOrder
{
    private readonly ulong _seed;
    private readonly int _count;
    private readonly Dictionary<long, int[]> _permutations = [];

    /// <summary>An order of the images 0 to count - 1.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="count">The number of images, at least 1.</param>
    public DataOrder(ulong seed, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _seed = seed;
        _count = count;
    }

    /// <summary>The images at positions start to start + length - 1; a batch may span two epochs.</summary>
    public long[] Ids(long start, int length)
    {
        var ids = new long[length];
        for (int i = 0; i < length; i++)
        {
            ids[i] = Permutation((start + i) / _count)[(start + i) % _count];
        }

        return ids;
    }

    private int[] Permutation(long epoch)
    {
        if (_permutations.TryGetValue(epoch, out int[]? known))
        {
            return known;
        }

        _permutations.Remove(epoch - 2);
        var random = new SplitMix64(SplitMix64.Mix(SplitMix64.Mix(_seed, 0x4F52444552), (ulong)epoch));
        int[] permutation = [.. Enumerable.Range(0, _count)];
        for (int i = _count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (permutation[i], permutation[j]) = (permutation[j], permutation[i]);
        }

        return _permutations[epoch] = permutation;
    }
}

/// <summary>The SplitMix64 sequence (Steele, Lea and Flood 2014): derives independent seeds and orders from a counter.</summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Finish(_state += Gamma);

    /// <summary>A uniform integer in [0, bound) without bias (Lemire 2019).</summary>
    public int Next(int bound)
    {
        ulong threshold = (ulong)-bound % (ulong)bound;
        while (true)
        {
            UInt128 product = (UInt128)Next() * (ulong)bound;
            if ((ulong)product >= threshold)
            {
                return (int)(product >> 64);
            }
        }
    }

    /// <summary>A seed that depends on both values.</summary>
    public static ulong Mix(ulong seed, ulong value) => Finish(Finish(seed + Gamma) + (value * Gamma) + Gamma);

    private static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
