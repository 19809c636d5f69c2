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
