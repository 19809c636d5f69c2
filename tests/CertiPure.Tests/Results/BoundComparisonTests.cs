using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;
using Run = CertiPure.Results.Run;

namespace CertiPure.Tests.Results;

/// <summary>One run's votes under both bounds.</summary>
public sealed class BoundComparisonTests
{
    private static readonly Run Margin = new("margin", Samples.Manifest(Samples.Experiment() with { Bound = BoundKind.Margin }), [Below()]);

    [Fact]
    public void The_recorded_bound_gives_the_certificates_again()
    {
        Certificate again = Assert.Single(Margin.Under(BoundKind.Margin));
        Assert.Equal(CertificateLog.ToLine(Margin.Certificates[0]), CertificateLog.ToLine(again));
    }

    [Fact]
    public void The_other_bound_is_taken_from_the_same_votes_with_all_of_alpha_and_named_a_comparison()
    {
        Certificate top = Assert.Single(Margin.Under(BoundKind.Top));
        Assert.Equal((null, 0.0, BinomialBound.Lower(58, 100, 0.001)), (top.Predicted, top.Radius, top.LowerBound));
        CertifiedRun derived = CertifiedRun.Of(Margin, "run", BoundKind.Top);
        Assert.Equal(BoundKind.Top, derived.DerivedBound);
        Assert.Contains(
            CertifiedAccuracyTable.Of([CertifiedAccuracy.Of(derived)]).Notes,
            note => note.Contains("for comparison", StringComparison.Ordinal) && note.Contains("certified by 'margin'", StringComparison.Ordinal));
        Assert.Null(CertifiedRun.Of(Margin, "run", BoundKind.Margin).DerivedBound);
    }

    [Fact]
    public void A_run_that_kept_the_votes_of_one_class_has_no_margin()
    {
        var old = new Run("old", Samples.Manifest() with { FormatVersion = 1 }, [Below() with { Looks = [new Look(100, 58, 0.001)], UpperBound = null }]);
        Assert.Equal(BinomialBound.Lower(58, 100, 0.001), Assert.Single(old.Under(BoundKind.Top)).LowerBound);
        Assert.Contains("margin", Assert.Throws<CertiPureException>(() => old.Under(BoundKind.Margin)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_are_told_apart_by_name_with_their_confusions()
    {
        RunManifest manifest = Margin.Manifest with { ClassNames = ["ant", "bee", "cow"] };
        CertifiedRun run = CertifiedRun.Of(new Run("run", manifest, [Below(), Below() with { Id = 40, Label = 2 }, Below() with { Id = 60, Label = 2 }]));
        ReportTable accuracy = ClassTables.Accuracy(run, [0]);
        Assert.Equal(["bee", "cow"], accuracy.Rows.Select(row => row[0].Text));
        Assert.Equal([1.0, 0.0], accuracy.Rows.Select(row => row[2].Value!.Value));
        Assert.Equal([0.58, 0.22], accuracy.Rows.Select(row => row[^1].Value!.Value));
        ReportTable confusions = ClassTables.Confusions(run)!;
        Assert.Equal(["cow", "bee", "2"], Assert.Single(confusions.Rows).Take(3).Select(cell => cell.Text));
    }

    /// <summary>Class 1 of 3 with 58 of 100 votes against 20 and 22.</summary>
    private static Certificate Below()
    {
        Look look = new([20, 58, 22], 1, 0.0005, 0.0005);
        (double lower, double upper, double radius, bool isCertified) = MarginBound.Of([look], 0.5);
        return new Certificate(20, 1, isCertified ? 1 : null, [3, 5, 2], [look], 100, lower, radius, 1) { UpperBound = upper };
    }
}
