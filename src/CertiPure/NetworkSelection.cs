namespace CertiPure;

/// <summary>Selection by a network trained for it: class 0 leaves a draw to the plain classifier, class 1 gives it to the smoothed
/// one.</summary>
public sealed class NetworkSelection : RouteSelection
{
    /// <summary>Takes the network.</summary>
    /// <param name="selector">The selection network, of two classes.</param>
    /// <exception cref="CertiPureException">It has another number of classes.</exception>
    public NetworkSelection(IClassifier selector)
        : base(selector)
    {
        if (selector.ClassCount != 2)
        {
            throw new CertiPureException(
                $"A selection network knows two classes, plain and smoothed, and this one knows {selector.ClassCount}; choose one "
                + "that was trained as a selector.",
                ErrorReason.Refused);
        }
    }

    /// <inheritdoc/>
    public override bool IsSmoothed(ReadOnlySpan<float> logits) => logits[1] > logits[0];
}
