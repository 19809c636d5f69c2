namespace CertiPure.Smoothing;

/// <summary>PREDICT's answer for one image (Cohen et al. 2019): the smoothed classifier's class, or an abstention.</summary>
/// <param name="Id">The image's position in its data set; 0 for a single file.</param>
/// <param name="Label">The true class, or null where it is unknown.</param>
/// <param name="Predicted">The class, or null for an abstention.</param>
/// <param name="Votes">Votes per class.</param>
/// <param name="PValue">The two-sided p-value of the top class against the runner-up; above alpha means abstention.</param>
public sealed record Prediction(int Id, int? Label, int? Predicted, IReadOnlyList<int> Votes, double PValue)
{
    /// <summary>Judges votes.</summary>
    /// <param name="id">The image's position in its data set.</param>
    /// <param name="label">The true class, or null where it is unknown.</param>
    /// <param name="votes">The votes.</param>
    /// <param name="alpha">The probability with which an answer may be wrong, 0 &lt; alpha &lt; 1.</param>
    public static Prediction From(int id, int? label, VoteCounts votes, double alpha)
    {
        ArgumentNullException.ThrowIfNull(votes);
        int top = votes.Top;
        double pValue = BinomialBound.TwoSidedPValue(votes[top], votes.RunnerUp is { } second ? votes[second] : 0);
        return new Prediction(id, label, pValue <= alpha ? top : null, votes.ToArray(), pValue);
    }

    /// <summary>Refuses a number of draws that can never give an answer.</summary>
    /// <param name="draws">The number of draws, n.</param>
    /// <param name="alpha">The probability with which an answer may be wrong, 0 &lt; alpha &lt; 1.</param>
    /// <exception cref="CertiPureException">Even if all draws agree, PREDICT abstains.</exception>
    public static void RefuseTooFewDraws(int draws, double alpha)
    {
        if (BinomialBound.TwoSidedPValue(draws, 0) > alpha)
        {
            throw new CertiPureException(
                $"n = {draws} draws can never give an answer at alpha {alpha}, even if all of them agree; take at least "
                + $"{(int)Math.Floor(1 - Math.Log2(alpha)) + 1}.",
                ErrorReason.Refused);
        }
    }
}
