using System.Numerics.Tensors;

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

/// <summary>Selection by entropy: a draw is smoothed where the core's answer to it has an entropy of at most a threshold.</summary>
public sealed class EntropySelection : RouteSelection
{
    private readonly double _threshold;

    /// <summary>Sets the threshold.</summary>
    /// <param name="core">The plain classifier.</param>
    /// <param name="threshold">The largest entropy, 0 to 1 (the logarithm's base is the number of classes).</param>
    /// <exception cref="CertiPureException">The threshold is not an entropy.</exception>
    public EntropySelection(IClassifier core, double threshold)
        : base(core)
    {
        if (!(threshold >= 0 && threshold <= 1))
        {
            throw new CertiPureException(
                $"The entropy threshold {threshold} is not an entropy in units of the largest one; give a number from 0 to 1.",
                ErrorReason.InvalidArgument);
        }

        _threshold = threshold;
    }

    /// <summary>The entropy of an answer, to the base of the number of classes: 0 for a sure one, 1 for an even one.</summary>
    /// <param name="logits">The class scores, at least two, all finite.</param>
    public static double Entropy(ReadOnlySpan<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, 2, nameof(logits));
        double largest = TensorPrimitives.Max(logits), sum = 0, weighted = 0;
        foreach (float logit in logits)
        {
            double shifted = logit - largest, weight = Math.Exp(shifted);
            sum += weight;
            weighted += weight * shifted;
        }

        // H = -sum p ln p with p = w / sum and ln p = shifted - ln sum.
        return (Math.Log(sum) - (weighted / sum)) / Math.Log(logits.Length);
    }

    /// <inheritdoc/>
    public override bool IsSmoothed(ReadOnlySpan<float> logits) => Entropy(logits) <= _threshold;
}
