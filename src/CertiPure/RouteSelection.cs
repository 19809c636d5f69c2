namespace CertiPure;

/// <summary>Certified routing's selection mechanism (Horvath et al. 2022): one network sees every purified draw, and its answer
/// says whether the draw belongs to the smoothed classifier.</summary>
public abstract class RouteSelection
{
    private protected RouteSelection(IClassifier network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Network = network;
    }

    /// <summary>The network that is asked.</summary>
    public IClassifier Network { get; }

    /// <summary>Whether a draw belongs to the smoothed classifier.</summary>
    /// <param name="logits">The network's answer to the purified draw: finite numbers, one for each of its classes.</param>
    public abstract bool IsSmoothed(ReadOnlySpan<float> logits);
}
