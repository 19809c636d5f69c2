namespace CertiPure.Smoothing;

/// <summary>How often the base classifier gave each class.</summary>
public sealed class VoteCounts
{
    private readonly int[] _counts;

    /// <summary>Starts with no votes.</summary>
    /// <param name="classCount">The number of classes, K, at least 1.</param>
    public VoteCounts(int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        _counts = new int[classCount];
    }

    /// <summary>Takes over counts, for example from a log.</summary>
    /// <param name="counts">Votes per class, each at least 0.</param>
    public VoteCounts(IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfZero(counts.Count, nameof(counts));
        _counts = [.. counts];
        foreach (int count in _counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
            Total = checked(Total + count);
        }
    }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount => _counts.Length;

    /// <summary>The number of votes.</summary>
    public int Total { get; private set; }

    /// <summary>The votes for one class.</summary>
    /// <param name="label">The class, 0 to K-1.</param>
    public int this[int label] => _counts[label];

    /// <summary>The class with the most votes; among equals the one with the lowest number.</summary>
    public int Top => Array.IndexOf(_counts, _counts.Max());

    /// <summary>The class with the most votes apart from <see cref="Top"/>, or null where there is only one class.</summary>
    public int? RunnerUp => StrongestBut(Top);

    /// <summary>The class with the most votes apart from one, among equals the one with the lowest number; null where there is only
    /// one class.</summary>
    /// <param name="label">The class that is left out.</param>
    public int? StrongestBut(int label)
    {
        int? strongest = null;
        for (int other = 0; other < _counts.Length; other++)
        {
            if (other != label && (strongest is not { } best || _counts[other] > _counts[best]))
            {
                strongest = other;
            }
        }

        return strongest;
    }

    /// <summary>Counts one vote.</summary>
    /// <param name="label">The class, 0 to K-1.</param>
    /// <exception cref="CertiPureException">There is no such class.</exception>
    public void Add(int label)
    {
        if ((uint)label >= (uint)_counts.Length)
        {
            throw new CertiPureException(
                $"The base classifier answered class {label}, but there are only the classes 0 to {_counts.Length - 1}; "
                + "check that the classifier belongs to this data set.");
        }

        _counts[label]++;
        Total++;
    }

    /// <summary>The votes per class, as a copy.</summary>
    public int[] ToArray() => [.. _counts];
}
