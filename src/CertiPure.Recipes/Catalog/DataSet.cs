using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>A data set that has a name: where it lies, how it is got, and its splits as images.</summary>
public abstract class DataSet
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public abstract string Description { get; }

    /// <summary>The splits, the usual one first.</summary>
    public abstract IReadOnlyList<string> Splits { get; }

    /// <summary>What to do where the data set is not found, as a clause that follows "Fashion-MNIST is not here: ".</summary>
    public abstract string Advice { get; }

    /// <summary>Why reading fails where the data set is not found.</summary>
    internal virtual ErrorReason Absence => ErrorReason.DataMissing;

    /// <summary>Whether <see cref="GetAsync"/> may be called without the user asking for it: small and free.</summary>
    public virtual bool IsFetchedOnDemand => false;

    /// <summary>The folder that holds the data set, or null.</summary>
    /// <param name="locations">Where to look.</param>
    public abstract string? Find(DataLocations locations);

    /// <summary>Gets the data set onto this machine, where that can be done without asking anybody.</summary>
    /// <param name="locations">Where downloads go.</param>
    /// <param name="announce">Told in a sentence what is about to happen.</param>
    /// <param name="cancellation">Stops; a download continues another time.</param>
    /// <returns>The folder that now holds it.</returns>
    /// <exception cref="CertiPureException">It cannot be got; the message says what to do.</exception>
    public virtual Task<string> GetAsync(
        DataLocations locations, Action<string> announce, CancellationToken cancellation = default) =>
        throw new CertiPureException($"{Name} cannot be fetched by itself: {Advice}.", ErrorReason.DataMissing);

    /// <summary>Reads a split.</summary>
    /// <param name="folder">The folder that <see cref="Find"/> gave.</param>
    /// <param name="split">One of <see cref="Splits"/>.</param>
    /// <exception cref="CertiPureException">A file is missing or damaged.</exception>
    public IImageSource Open(string folder, string split) =>
        Splits.Contains(split)
            ? OpenSplit(folder, split)
            : throw new CertiPureException(
                $"{Name} has no split '{split}'; choose {string.Join(" or ", Splits)}.", ErrorReason.InvalidArgument);

    /// <summary>Reads a split that exists.</summary>
    /// <param name="folder">The folder that <see cref="Find"/> gave.</param>
    /// <param name="split">One of <see cref="Splits"/>.</param>
    protected abstract IImageSource OpenSplit(string folder, string split);

    /// <summary>Checks the files against what was published: hashes where they are known, else lengths and lists.</summary>
    /// <param name="folder">The folder that <see cref="Find"/> gave.</param>
    /// <returns>The files that differ from what was published; none for a sound data set.</returns>
    /// <exception cref="CertiPureException">A file cannot be read.</exception>
    public abstract IReadOnlyList<string> FindDamage(string folder);
}
