namespace CertiPure.Smoothing;

/// <summary>
/// The estimation phase of one image under a plan: is told the selection votes, says how many draws it wants to see next, is told
/// the votes there, and ends with the looks that the bounds follow from.
/// </summary>
public abstract class Estimation
{
    private readonly List<Look> _looks = [];
    private readonly BoundKind _bound;
    private VoteCounts? _selection;

    /// <summary>Starts before the first draw.</summary>
    private protected Estimation(BoundKind bound) => _bound = bound;

    /// <summary>The number of draws at which <see cref="Observe"/> comes next; where finished, the number it ended at.</summary>
    public int NextCheckpoint { get; private protected set; }

    /// <summary>Whether no further draw is wanted.</summary>
    public bool IsFinished { get; private protected set; }

    /// <summary>The class that the selection votes chose; null before <see cref="Select"/>.</summary>
    public int? Selected => _selection?.Top;

    /// <summary>The looks so far, in order of draws.</summary>
    public IReadOnlyList<Look> Looks => _looks;

    /// <summary>Tells the votes of the selection draws, which choose the class.</summary>
    /// <param name="selection">The votes of all n0 draws.</param>
    /// <exception cref="InvalidOperationException">The class is chosen already.</exception>
    public void Select(VoteCounts selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        if (_selection is not null)
        {
            throw new InvalidOperationException("The class is chosen already.");
        }

        _selection = new VoteCounts(selection.ToArray());
    }

    /// <summary>Tells the votes after <see cref="NextCheckpoint"/> draws; either finishes or moves the checkpoint on.</summary>
    /// <param name="votes">The votes of exactly these draws.</param>
    /// <exception cref="InvalidOperationException">The estimation has finished, or no class is chosen.</exception>
    public void Observe(VoteCounts votes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        if (IsFinished || Selected is not { } selected)
        {
            throw new InvalidOperationException(
                IsFinished ? "The estimation has finished." : "The estimation has not been told the selection votes.");
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(votes.Total, NextCheckpoint);
        Advance(votes, votes[selected]);
    }

    private protected abstract void Advance(VoteCounts votes, int k);

    /// <summary>Whether the bounds count the votes of the strongest rival too.</summary>
    private protected bool CountsRival => _bound == BoundKind.Margin && MarginBound.ShareOf(_selection!) < 1;

    /// <summary>Takes a look that spends so much of alpha.</summary>
    private protected void Record(VoteCounts votes, double alpha) => _looks.Add(Imagine(votes.ToArray(), alpha));

    /// <summary>What a look at these votes would be.</summary>
    private protected Look Imagine(IReadOnlyList<int> votes, double alpha)
    {
        (double alphaA, double alphaB) = MarginBound.Split(_bound, _selection!, alpha);
        return new Look(votes, Selected!.Value, alphaA, alphaB);
    }
}
