namespace CertiPure.Smoothing;

/// <summary>One look at the votes of the estimation phase, and what the bounds taken there may cost of alpha.</summary>
public sealed record Look
{
    /// <summary>A look that knows the votes of one class alone: of a certificate in format version 1, and of a route.</summary>
    /// <param name="n">Draws so far, at least 1.</param>
    /// <param name="k">Draws so far that voted for the class, 0 to <paramref name="n"/>.</param>
    /// <param name="alpha">The share of the total error probability that the class's lower bound spends.</param>
    public Look(int n, int k, double alpha)
    {
        N = n;
        K = k;
        AlphaA = alpha;
    }

    /// <summary>A look at the votes of all classes.</summary>
    /// <param name="votes">Votes per class so far.</param>
    /// <param name="selected">The class that the selection draws chose.</param>
    /// <param name="alphaA">What the lower bound of the selected class's probability spends.</param>
    /// <param name="alphaB">What the upper bound of every other class's probability spends; 0 where there is none.</param>
    public Look(IReadOnlyList<int> votes, int selected, double alphaA, double alphaB)
    {
        ArgumentNullException.ThrowIfNull(votes);
        ArgumentOutOfRangeException.ThrowIfNegative(selected);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(selected, votes.Count);
        Votes = [.. votes];
        N = votes.Sum();
        K = votes[selected];
        Rival = votes.Where((_, label) => label != selected).DefaultIfEmpty(0).Max();
        AlphaA = alphaA;
        AlphaB = alphaB;
    }

    /// <summary>Draws so far.</summary>
    public int N { get; }

    /// <summary>Draws so far that voted for the selected class.</summary>
    public int K { get; }

    /// <summary>The most votes that any other class got so far; null where they were not kept.</summary>
    public int? Rival { get; }

    /// <summary>Votes per class so far; null where they were not kept.</summary>
    public IReadOnlyList<int>? Votes { get; }

    /// <summary>The share of the total error probability that the lower bound of the selected class's probability spends.</summary>
    public double AlphaA { get; }

    /// <summary>The share of the total error probability that the upper bound of the other classes' probabilities spends.</summary>
    public double AlphaB { get; }

    /// <summary>What the look spends in all.</summary>
    public double Alpha => AlphaA + AlphaB;

    /// <summary>Whether all votes and shares are the same.</summary>
    /// <param name="other">The other look.</param>
    public bool Equals(Look? other) =>
        other is not null && N == other.N && K == other.K && AlphaA == other.AlphaA && AlphaB == other.AlphaB
        && (Votes is null ? other.Votes is null : other.Votes is not null && Votes.SequenceEqual(other.Votes));

    /// <summary>Whether the looks count the same draws alike, as far as both kept the votes.</summary>
    /// <param name="other">The other look.</param>
    public bool Agrees(Look other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return N == other.N && K == other.K && (Votes is null || other.Votes is null || Votes.SequenceEqual(other.Votes));
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(N, K, AlphaA, AlphaB);
}
