using System.Numerics.Tensors;

namespace CertiPure;

/// <summary>Selection by entropy: a draw is smoothed where the core's answer to it has an entropy of at most a threshold.</summary>
public sealed class EntropySelection : RouteSelection
{
    private readonly double _threshold;

    /// <summary>Sets the threshold.</summary>
    /// <param name="core">The plain classifier.</param>
    /// <param name="threshold">The largest entropy, 0 to 1 (the logarithm's base is the number of classes).</param>
    /// <exception cref="CertiPureException">The threshold is no entropy.</exception>
    public EntropySelection(IClassifier core, double threshold)
        : base(core)
    {
        if (!(threshold >= 0 && threshold <= 1))
        {
            throw new CertiPureException(
                $"The entropy threshold {threshold} is no entropy in units of the largest one; give a number from 0 to 1.",
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
