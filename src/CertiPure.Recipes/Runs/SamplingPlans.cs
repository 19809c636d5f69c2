using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Runs;

/// <summary>Sampling plans by the names of the command line and of manifests.</summary>
public static class SamplingPlans
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fixed", "staged"];

    /// <summary>Makes a plan with its usual looks.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="selectionDraws">n0.</param>
    /// <param name="estimationDraws">n, at most.</param>
    /// <param name="alpha">The error probability.</param>
    /// <param name="radii">The radii that a staged plan decides.</param>
    /// <param name="bound">Which votes the radius follows from.</param>
    /// <exception cref="CertiPureException">There is no such plan, or its numbers cannot be.</exception>
    public static SamplingPlan Create(
        string name, int selectionDraws, int estimationDraws, double alpha, IReadOnlyList<double> radii, BoundKind bound) => name switch
        {
            "fixed" => new FixedPlan(selectionDraws, estimationDraws, alpha, bound),
            "staged" => new StagedPlan(radii, selectionDraws, estimationDraws, alpha, bound),
            _ => throw new CertiPureException(
                $"There is no sampling plan '{name}'; choose {string.Join(" or ", Names)}.", ErrorReason.InvalidArgument),
        };

    /// <summary>The plan that a manifest describes.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="CertiPureException">This version does not know the plan.</exception>
    public static SamplingPlan Of(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return experiment.Plan.Name switch
        {
            "staged" => new StagedPlan(experiment.Radii, experiment.N0, experiment.Plan.Looks, experiment.Alpha, experiment.Bound),
            "routed" => new RoutedPlan(experiment.N0, experiment.N, experiment.Alpha, experiment.Bound),
            var name => Create(name, experiment.N0, experiment.N, experiment.Alpha, experiment.Radii, experiment.Bound),
        };
    }
}
