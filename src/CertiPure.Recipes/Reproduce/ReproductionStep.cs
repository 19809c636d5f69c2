namespace CertiPure.Recipes.Reproduce;

/// <summary>A part of a reproduction that resumes where it stopped.</summary>
/// <param name="Title">What it is, for progress.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Total">The count at its end.</param>
public abstract record ReproductionStep(string Title, string Unit, int Total)
{
    /// <summary>The count that an earlier start left behind, where that is all of it; else 0.</summary>
    public virtual int Done => 0;

    /// <summary>What the user should know of the step once it is done; null for nothing.</summary>
    public virtual string? Remark => null;

    /// <summary>Does what is not done yet.</summary>
    /// <param name="progress">Told the count so far.</param>
    /// <param name="cancellation">Stops; the next start goes on.</param>
    /// <exception cref="CertiPureException">Weights or images cannot be read, or results cannot be written.</exception>
    public abstract Task RunAsync(Action<int> progress, CancellationToken cancellation);
}
