using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Tests.Results;

namespace CertiPure.Tests.Reports;

public sealed class SavedDrawsTests
{
    private static readonly int[] Draws = [110, 294];

    [Fact]
    public void A_staged_run_tells_its_draws_and_what_the_fixed_plan_would_have_cost()
    {
        var plan = new StagedPlan([0, 0.25], 10, 1_000, 0.001);
        CertifiedRun run = Run(Samples.Experiment() with { N = 1_000, Plan = PlanIdentity.Of(plan) });
        Assert.Contains(
            "staged: the staged plan took 202 draws per image, 20.0 % of the 1010 that the fixed plan takes.", Notes(run, withCosts: true));
        Assert.DoesNotContain(Notes(run, withCosts: false), note => note.Contains("draws", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fixed_run_and_a_log_without_draws_have_nothing_to_tell()
    {
        Assert.DoesNotContain(Notes(Run(Samples.Experiment()), true), note => note.Contains("plan", StringComparison.Ordinal));
        CertifiedRun log = new("log", null, [new CertifiedImage(0, 1, 1, 0.5, null, 1)], null, HasPrintedRadii: true);
        Assert.DoesNotContain(Notes(log, true), note => note.Contains("plan", StringComparison.Ordinal));
    }

    private static CertifiedRun Run(Experiment experiment) =>
        new("staged", Samples.Manifest(experiment), [.. Draws.Select((draws, id) => new CertifiedImage(id, 1, 1, 0.5, draws, 1))], null, false);

    private static IReadOnlyList<string> Notes(CertifiedRun run, bool withCosts) =>
        CertifiedAccuracyTable.Of([CertifiedAccuracy.Of(run)], withCosts: withCosts).Notes;
}
