using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>The sampling plan of a run and where it may look at the votes.</summary>
/// <param name="Name"><c>fixed</c> or <c>staged</c>.</param>
/// <param name="Looks">The looks the plan may take, in order of draws; the last has all n.</param>
public sealed record PlanIdentity(string Name, IReadOnlyList<PlannedLook> Looks)
{
    /// <summary>The fixed plan: one look after all n draws that spends all of alpha.</summary>
    /// <param name="n">The estimation draws.</param>
    /// <param name="alpha">The error probability of a certificate.</param>
    public static PlanIdentity Fixed(int n, double alpha) => new("fixed", [new PlannedLook(n, alpha)]);
}
