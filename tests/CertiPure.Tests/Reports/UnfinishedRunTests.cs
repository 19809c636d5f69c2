using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Tests.Results;

namespace CertiPure.Tests.Reports;

/// <summary>A run that lacks images must not pass for a whole one.</summary>
public sealed class UnfinishedRunTests
{
    [Fact]
    public void A_run_that_lacks_images_says_so_in_both_tables()
    {
        CertifiedAccuracy begun = Summary("begun", Samples.Manifest(), images: 3);
        Assert.Contains("begun: not finished, 3 of 7 images.", CertifiedAccuracyTable.Of([begun]).Notes);
        Assert.Contains("begun: not finished, 3 of 7 images.", CertifiedAccuracyTable.BestOverSigma([begun]).Notes);

        CertifiedAccuracy shard = Summary("part", Samples.Manifest() with { Shard = new Shard(1, 2) }, images: 3);
        Assert.Contains("part: shard 1/2, 3 of the experiment's 7 images.", CertifiedAccuracyTable.Of([shard]).Notes);
    }

    [Fact]
    public void A_whole_run_says_nothing_of_the_kind() =>
        Assert.DoesNotContain(
            CertifiedAccuracyTable.Of([Summary("whole", Samples.Manifest(), images: 7)]).Notes,
            note => note.StartsWith("whole:", StringComparison.Ordinal));

    [Fact]
    public void The_best_of_two_halves_of_one_run_is_refused()
    {
        CertifiedAccuracy[] halves =
        [
            Summary("half-0", Samples.Manifest() with { Shard = new Shard(0, 2) }, images: 4),
            Summary("half-1", Samples.Manifest() with { Shard = new Shard(1, 2) }, images: 3),
        ];
        CertiPureException refusal = Assert.Throws<CertiPureException>(() => CertifiedAccuracyTable.BestOverSigma(halves));
        Assert.Equal(ErrorReason.InvalidArgument, refusal.Reason);
        Assert.Contains("half-0 and half-1 are of one experiment", refusal.Message, StringComparison.Ordinal);
    }

    private static CertifiedAccuracy Summary(string name, RunManifest manifest, int images) => CertifiedAccuracy.Of(new CertifiedRun(
        name, manifest, [.. manifest.Experiment.Images.Take(images).Select(id => new CertifiedImage(id, 1, 1, 0.5, 110, 1))], null, false));
}
