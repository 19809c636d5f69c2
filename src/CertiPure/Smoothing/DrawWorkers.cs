namespace CertiPure.Smoothing;

/// <summary>The threads of a <see cref="DrawQueue"/>. Labels do not depend on them: each batch has one size, and labels are counted in
/// the order in which their draws were taken, whichever worker is ready first.</summary>
public sealed record DrawWorkers
{
    /// <summary>How many threads call the base classifier at once, each on batches of its own; at least 1 (the default). More than one
    /// needs a base classifier that several threads may call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Count
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    }

    = 1;

    /// <summary>How many threads draw the noise of batches to come while the workers wait for a device; 0 where each worker draws the
    /// noise of its own batches, because it would only take the processor from another worker. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int NoiseThreads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    = 1;

    /// <summary>Called once on each worker's thread before its first batch, such as to set how many threads one operation takes; null
    /// for nothing.</summary>
    public Action? Begin { get; init; }
}
