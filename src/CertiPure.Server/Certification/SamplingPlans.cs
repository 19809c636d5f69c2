using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Server.Certification;

/// <summary>The sampling plans on offer.</summary>
internal static class SamplingPlans
{
    /// <summary>Their names, the first being the default.</summary>
    public static IReadOnlyList<string> Names { get; } = ["fixed", "staged"];

    /// <summary>Makes a plan; a staged one decides the radii of the paper's tables.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="selectionDraws">n0.</param>
    /// <param name="estimationDraws">n, at most.</param>
    /// <param name="alpha">The error probability.</param>
    /// <exception cref="ArgumentException">There is no such plan.</exception>
    /// <exception cref="CertiPureException">The numbers make no plan.</exception>
    public static SamplingPlan Create(string name, int selectionDraws, int estimationDraws, double alpha) => name switch
    {
        "fixed" => new FixedPlan(selectionDraws, estimationDraws, alpha),
        "staged" => new StagedPlan(CertifiedAccuracy.DefaultRadii, selectionDraws, estimationDraws, alpha),
        _ => throw new ArgumentException($"There is no plan '{name}'.", nameof(name)),
    };

    /// <summary>The plan of a certificate.</summary>
    /// <param name="experiment">The certificate's experiment.</param>
    /// <exception cref="ArgumentException">There is no such plan.</exception>
    /// <exception cref="CertiPureException">The numbers make no plan.</exception>
    public static SamplingPlan Of(Experiment experiment) => experiment.Plan.Name == "staged"
        ? new StagedPlan(experiment.Radii, experiment.N0, experiment.Plan.Looks, experiment.Alpha)
        : Create(experiment.Plan.Name, experiment.N0, experiment.N, experiment.Alpha);
}
