using System.Text.Json.Serialization;
using CertiPure.Results;

namespace CertiPure.Smoothing;

/// <summary>
/// Which model answers for an image under certified routing (ACES, Horvath et al. 2022), with the counts it follows from. The
/// class's own counts are in the <see cref="Certificate"/> itself.
/// </summary>
/// <param name="PlainAnswer">The plain model's class for the image without noise.</param>
/// <param name="SelectionSmoothed">How many of the n0 selection draws belonged to the smoothed model; more than half choose it as
/// the route to be certified, else the route is the plain model.</param>
/// <param name="Look">How many of the n estimation draws belonged to the chosen route, and the share of alpha spent on it.</param>
/// <param name="LowerBound">Lower confidence bound of the chosen route's probability, rounded down.</param>
public sealed record Routing(int PlainAnswer, int SelectionSmoothed, [property: JsonConverter(typeof(RouteLookConverter))] Look Look, double LowerBound)
{
    /// <summary>Whether the route that was put to the test is the smoothed model.</summary>
    /// <param name="selectionDraws">n0.</param>
    public bool IsSmoothed(int selectionDraws) => IsSmoothed(SelectionSmoothed, selectionDraws);

    /// <summary>Whether so many smoothed selection draws choose the smoothed model as the route.</summary>
    internal static bool IsSmoothed(int selectionSmoothed, int selectionDraws) => 2L * selectionSmoothed > selectionDraws;

    /// <summary>What the composition certifies (Horvath et al. 2022, section 4): on the smoothed route the smoothed class within
    /// both radii; on the plain route the plain answer at radius 0; undecided, where no route is certified, the answer that both
    /// models give, at radius 0.</summary>
    /// <param name="smoothedAnswer">The class that the smoothed model is certified to give at radius 0, or null.</param>
    /// <param name="classRadius">The radius that this class's bounds certify, in pixel space.</param>
    /// <param name="selectionDraws">n0.</param>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <returns>The certified class, null for an abstention, and its radius, rounded down.</returns>
    public (int? Predicted, double Radius) Certify(int? smoothedAnswer, double classRadius, int selectionDraws, double sigma)
    {
        if (LowerBound <= 0.5)
        {
            return (smoothedAnswer == PlainAnswer ? PlainAnswer : null, 0);
        }

        if (!IsSmoothed(selectionDraws))
        {
            return (PlainAnswer, 0);
        }

        return smoothedAnswer is null
            ? (null, 0)
            : (smoothedAnswer, Math.Min(BinomialBound.Radius(LowerBound, sigma), classRadius));
    }
}
