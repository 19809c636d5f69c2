using CertiPure.Smoothing;

namespace CertiPure.Server.Certification;

/// <summary>The sampling plans on offer.</summary>
internal static class SamplingPlans
{
    /// <summary>Their names, the first being the default.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fixed"];

    /// <summary>Makes a plan.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="selectionDraws">n0.</param>
    /// <param name="estimationDraws">n.</param>
    /// <param name="alpha">The error probability.</param>
    /// <param name="radii">The radii it decides; none for its own.</param>
    /// <exception cref="ArgumentException">There is no such plan.</exception>
    /// <exception cref="CertiPureException">The numbers make no plan.</exception>
    public static SamplingPlan Create(
        string name, int selectionDraws, int estimationDraws, double alpha, IReadOnlyList<double> radii) => name switch
    {
        "fixed" when radii.Count == 0 => new FixedPlan(selectionDraws, estimationDraws, alpha),
        _ => throw new ArgumentException($"There is no plan '{name}'.", nameof(name)),
    };
}
