namespace CertiPure.Smoothing;

/// <summary>
/// The certified radius from the votes of the selected class A and of its strongest rival (Cohen et al. 2019, Theorem 1 in full):
/// R = sigma/2 (PhiInv(p_low) - PhiInv(p_up)), where with probability at least 1 - alpha p_low is at most the probability of A and p_up
/// at least that of every other class. docs/method.md has the proof that no division by the number of classes is needed.
/// </summary>
public static class MarginBound
{
    /// <summary>Classes behind the two leading ones must have got at least this many selection votes, and one in
    /// <see cref="OneIn"/>, for the rival's bound to be worth its share of alpha.</summary>
    private const int FewestVotes = 2;
    private const int OneIn = 100;

    /// <summary>
    /// The share of alpha that the selected class's lower bound spends, from the selection votes alone, whose draws are independent
    /// of those that the bounds are taken from. Where only two classes share the votes, 1 - p_low is as good a bound of the rival's
    /// probability as its own votes give, and costs nothing: share 1, Cohen's bound. Elsewhere one half.
    /// </summary>
    /// <param name="selection">The selection votes.</param>
    /// <returns>1 or 1/2.</returns>
    public static double ShareOf(VoteCounts selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        int runnerUp = selection.RunnerUp is { } second ? selection[second] : 0;
        long others = selection.Total - (long)selection[selection.Top] - runnerUp;
        return others >= FewestVotes && others * OneIn >= selection.Total ? 0.5 : 1;
    }

    /// <summary>What the two bounds of a look spend.</summary>
    /// <param name="bound">Which votes the radius follows from.</param>
    /// <param name="selection">The selection votes.</param>
    /// <param name="alpha">What the look spends in all.</param>
    /// <returns>What the lower bound spends and what the upper bound spends; they sum to alpha exactly.</returns>
    public static (double AlphaA, double AlphaB) Split(BoundKind bound, VoteCounts selection, double alpha)
    {
        // Halves of a double are exact.
        double alphaA = bound == BoundKind.Top ? alpha : alpha * ShareOf(selection);
        return (alphaA, alpha - alphaA);
    }

    /// <summary>The certified L2 radius, rounded down; 0 where the lower bound does not exceed the upper one.</summary>
    /// <param name="lowerBound">A lower bound of the selected class's probability, below 1.</param>
    /// <param name="upperBound">An upper bound of every other class's probability, at most 1.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <returns>The radius in pixel space.</returns>
    public static double Radius(double lowerBound, double upperBound, double sigma)
    {
        double top = BinomialBound.Radius(lowerBound, sigma);
        if (!(lowerBound > upperBound) || upperBound >= 1 - lowerBound)
        {
            return top;
        }

        double gap = Math.BitDecrement(
            NormalDistribution.QuantileRoundedDown(lowerBound) - NormalDistribution.QuantileRoundedUp(upperBound));
        // The rounding of two quantiles may cost more than that of one; both radii follow from the same bounds.
        return Math.Max(top, Math.BitDecrement(sigma / 2 * gap));
    }

    /// <summary>The bounds and the radius of one image.</summary>
    /// <param name="looks">The looks; none certifies nothing.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <returns>The best bounds over the looks, which all hold together with probability at least 1 minus the sum of their alphas; the
    /// radius that follows; and whether the selected class is certified.</returns>
    public static (double LowerBound, double UpperBound, double Radius, bool IsCertified) Of(IReadOnlyList<Look> looks, double sigma)
    {
        double lower = BinomialBound.Lower(looks);
        double upper = BinomialBound.UpperOfOthers(looks, lower);
        return (lower, upper, Radius(lower, upper, sigma), IsCertified(lower, upper));
    }

    /// <summary>Whether bounds certify the selected class at radius 0.</summary>
    /// <param name="lowerBound">A lower bound of the selected class's probability.</param>
    /// <param name="upperBound">An upper bound of every other class's probability.</param>
    public static bool IsCertified(double lowerBound, double upperBound) => lowerBound > 0.5 || lowerBound > upperBound;
}
