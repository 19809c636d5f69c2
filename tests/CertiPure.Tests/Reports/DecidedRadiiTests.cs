using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Tests.Results;

namespace CertiPure.Tests.Reports;

/// <summary>A staged plan stops when its own radii are decided, so at other radii its counts may be too small: tables say so.</summary>
public sealed class DecidedRadiiTests
{
    private static readonly double[] Asked = [0, 0.25, 0.5];

    [Fact]
    public void A_table_names_the_radii_that_a_staged_run_did_not_wait_for()
    {
        string note = Assert.Single(CertifiedAccuracyTable.Of([Summary("half", 0.5, 0.4, 0.25, 0.5)], withCosts: false).Notes, IsAboutRadii);
        Assert.Equal(
            "half: the staged plan waits for the radii 0.25, 0.5 alone; at 0 it may stop before an image is certified that the fixed plan "
            + "certifies.",
            note);
    }

    [Fact]
    public void A_run_that_waited_for_every_radius_shown_needs_no_such_note_nor_does_a_fixed_one()
    {
        Assert.DoesNotContain(CertifiedAccuracyTable.Of([Summary("all", 0.5, 0.4, Asked)]).Notes, IsAboutRadii);
        var fixedRun = new CertifiedRun("fixed", Samples.Manifest(Samples.Experiment()), [new CertifiedImage(0, 1, 1, 0.4, 300, 1)], null, false);
        Assert.DoesNotContain(CertifiedAccuracyTable.Of([CertifiedAccuracy.Of(fixedRun, Asked)]).Notes, IsAboutRadii);
    }

    [Fact]
    public void Runs_that_wait_for_different_radii_at_different_sigma_are_one_method_whose_best_cells_count()
    {
        ReportTable table = CertifiedAccuracyTable.BestOverSigma([Summary("joint-0.25", 0.25, 0.3, 0, 0.25), Summary("joint-0.5", 0.5, 0.6, 0.5)]);
        IReadOnlyList<ReportCell> row = Assert.Single(table.Rows);
        Assert.Equal("joint", row[0].Text);
        Assert.EndsWith("@0.25", row[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("@0.50", row[3].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(table.Notes, IsAboutRadii);

        // The wide run alone has to count for a radius that it did not wait for.
        ReportTable alone = CertifiedAccuracyTable.BestOverSigma([Summary("joint-0.25", 0.25, 0.3, 0, 0.25)]);
        Assert.Contains("at 0.5 it may stop", Assert.Single(alone.Notes, IsAboutRadii), StringComparison.Ordinal);
    }

    private static bool IsAboutRadii(string note) => note.Contains("waits for the radii", StringComparison.Ordinal);

    private static CertifiedAccuracy Summary(string name, double sigma, double radius, params double[] decided)
    {
        Experiment experiment = Samples.Experiment() with
        {
            Sigma = sigma,
            N = 1_000,
            Radii = decided,
            Plan = PlanIdentity.Of(new StagedPlan(decided, 10, 1_000, 0.001)),
        };
        return CertifiedAccuracy.Of(
            new CertifiedRun(name, Samples.Manifest(experiment), [new CertifiedImage(0, 1, 1, radius, 300, 1)], null, false), Asked);
    }
}
