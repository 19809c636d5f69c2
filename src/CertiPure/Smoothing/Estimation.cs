namespace CertiPure.Smoothing;

/// <summary>
/// The estimation phase of one image under a plan: is told the selection votes, says how many draws it wants to see next, is told
/// the votes there, and ends with the looks that the bounds follow from.
/// </summary>
public abstract class Estimation
{
    private readonly List<Look> _looks = [];

    /// <summary>Starts before the first draw.</summary>
    private protected Estimation()
    {
    }

    /// <summary>The number of draws at which <see cref="Observe"/> comes next; where finished, the number it ended at.</summary>
    public int NextCheckpoint { get; private protected set; }

    /// <summary>Whether no further draw is wanted.</summary>
    public bool IsFinished { get; private protected set; }

    /// <summary>The class that the selection votes chose; null before <see cref="Select"/>.</summary>
    public int? Selected { get; private set; }

    /// <summary>The looks so far, in order of draws.</summary>
    public IReadOnlyList<Look> Looks => _looks;

    /// <summary>Tells the votes of the selection draws, which choose the class.</summary>
    /// <param name="selection">The votes of all n0 draws.</param>
    /// <exception cref="InvalidOperationException">The class is chosen already.</exception>
    public void Select(VoteCounts selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        if (Selected is not null)
        {
            throw new InvalidOperationException("The class is chosen already.");
        }

        Selected = selection.Top;
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

    private protected void Record(VoteCounts votes, double alpha) => _looks.Add(new Look(votes.ToArray(), Selected!.Value, alpha, 0));
}
