using System.Globalization;
using CertiPure.Smoothing;

namespace CertiPure.Reports;

/// <summary>What the bounds of one image say, in plain words and with numbers that are rounded to the safe side.</summary>
public static class CertificateText
{
    /// <summary>The bounds as one sentence.</summary>
    /// <param name="lowerBound">Lower bound of the selected class's probability.</param>
    /// <param name="upperBound">Upper bound of every other class's probability.</param>
    /// <param name="alpha">The probability with which the sentence may be wrong.</param>
    /// <param name="selected">The selected class's name; "the class" where it is unknown.</param>
    public static string Bounds(double lowerBound, double upperBound, double alpha, string selected = "the class")
    {
        string sure = string.Create(
            CultureInfo.InvariantCulture,
            $"With probability at least {Confidence(alpha)} over the draws, {selected} has a probability of at least {Percent(lowerBound, up: false)}");
        string others = $"no other class more than {Percent(upperBound, up: true)}";
        return (MarginBound.IsCertified(lowerBound, upperBound), lowerBound > 0.5, upperBound < 1 - lowerBound) switch
        {
            (false, _, true) => $"{sure} and {others}: that does not separate them, so the smoothed classifier abstains.",
            (false, _, false) => $"{sure}, which is not a majority, so the smoothed classifier abstains.",
            (true, false, _) => $"{sure} and {others}: it wins without a majority.",
            (true, true, true) => $"{sure} and {others}.",
            (true, true, false) => $"{sure}.",
        };
    }

    /// <summary>The two leading classes' votes as a phrase: <c>450 of 1000 draws were for cat, 200 for dog, the next</c>.</summary>
    /// <param name="votes">Votes per class.</param>
    /// <param name="nameOf">What to call a class.</param>
    public static string Leaders(VoteCounts votes, Func<int, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(votes);
        ArgumentNullException.ThrowIfNull(nameOf);
        string first = string.Create(
            CultureInfo.InvariantCulture, $"{votes[votes.Top]} of {votes.Total} draws were for {nameOf(votes.Top)}");
        return votes.RunnerUp is { } second
            ? string.Create(CultureInfo.InvariantCulture, $"{first}, {votes[second]} for {nameOf(second)}, the next")
            : first;
    }

    /// <summary>1 - alpha, as a difference where a number of 28 digits would be rounded to 1.</summary>
    private static string Confidence(double alpha) => alpha >= 1e-12
        ? (1 - (decimal)alpha).ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"1 - {alpha:R}");

    /// <summary>A share of the votes in percent with one decimal, rounded to the safe side.</summary>
    private static string Percent(double share, bool up)
    {
        double tenths = 1000 * share;
        return ((up ? Math.Ceiling(tenths) : Math.Floor(tenths)) / 10).ToString("0.0", CultureInfo.InvariantCulture) + " %";
    }
}
