using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>The sampling plan of a run and where it may look at the votes.</summary>
/// <param name="Name"><c>fixed</c>, <c>staged</c> or <c>routed</c>.</param>
/// <param name="Looks">The looks the plan may take, in order of draws; the last has all n.</param>
public sealed record PlanIdentity(string Name, IReadOnlyList<PlannedLook> Looks)
{
    /// <summary>The identity of a plan.</summary>
    /// <param name="plan">The plan that a run samples by.</param>
    public static PlanIdentity Of(SamplingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new PlanIdentity(plan.Name, plan.Looks);
    }
}
