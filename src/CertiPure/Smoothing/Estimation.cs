namespace CertiPure.Smoothing;

/// <summary>
/// The estimation phase of one image under a plan: says how many draws it wants to see next, is told the votes there, and
/// ends with the looks that the bound follows from. Which class the votes are for does not matter to it.
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

    /// <summary>The looks so far, in order of draws.</summary>
    public IReadOnlyList<Look> Looks => _looks;

    /// <summary>Tells the votes after <see cref="NextCheckpoint"/> draws; either finishes or moves the checkpoint on.</summary>
    /// <param name="k">How many of these draws were for the selected class, 0 to <see cref="NextCheckpoint"/>.</param>
    /// <exception cref="InvalidOperationException">The estimation has finished.</exception>
    public void Observe(int k)
    {
        if (IsFinished)
        {
            throw new InvalidOperationException("The estimation has finished.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, NextCheckpoint);
        Advance(k);
    }

    private protected abstract void Advance(int k);

    private protected void Record(Look look) => _looks.Add(look);
}
