using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Tests.Results;

namespace CertiPure.Tests.Reports;

/// <summary>A table of many runs says once what holds for several of them.</summary>
public sealed class RunNotesTests
{
    private const string Clean27 = "Without noise the classifier is right on 27 of 30 images. The seed 7 was chosen by the operator.";
    private const string Clean12 = "Without noise the classifier is right on 12 of 30 images. The seed 7 was chosen by the operator.";

    [Fact]
    public void One_run_is_named() => Assert.Contains($"a: {Clean27}", Notes(Summary("a")));

    [Fact]
    public void What_all_runs_share_is_printed_once()
    {
        string note = Assert.Single(Notes(Summary("a"), Summary("b"), Summary("c")), note => note.Contains("Without noise", StringComparison.Ordinal));
        Assert.Equal($"All runs: {Clean27}", note);
    }

    [Fact]
    public void What_some_runs_share_is_printed_after_their_names()
    {
        IReadOnlyList<string> notes = Notes(Summary("a"), Summary("b", right: 12), Summary("c"));
        Assert.Contains($"a; c: {Clean27}", notes);
        Assert.Contains($"b: {Clean12}", notes);
    }

    [Fact]
    public void Winners_without_a_majority_are_counted_per_run_and_the_surest_of_all_is_the_example()
    {
        string note = Assert.Single(
            Notes(Summary("a", (60, 0.1), (80, 0.2)), Summary("b"), Summary("c", (100, 0.3))),
            note => note.StartsWith("Certified without a majority", StringComparison.Ordinal));
        Assert.Contains(": 2 of 7 images (a), 1 of 7 images (c). Image 100 of c, for example: ", note, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Notes(params CertifiedAccuracy[] summaries) => CertifiedAccuracyTable.Of(summaries).Notes;

    private static CertifiedAccuracy Summary(string name, params (int Id, double Radius)[] withoutMajority) =>
        Summary(name, 27, withoutMajority);

    private static CertifiedAccuracy Summary(string name, int right, params (int Id, double Radius)[] withoutMajority)
    {
        RunManifest manifest = Samples.Manifest() with { SeedChosenBy = SeedChoice.Operator, CleanImages = new CleanImages(right, 30) };
        return CertifiedAccuracy.Of(new CertifiedRun(
            name,
            manifest,
            [.. manifest.Experiment.Images.Select(id => withoutMajority.Any(image => image.Id == id)
                ? new CertifiedImage(id, 1, 1, withoutMajority.First(image => image.Id == id).Radius, 110, 1) { LowerBound = 0.45, UpperBound = 0.2 }
                : new CertifiedImage(id, 1, 1, 0.5, 110, 1) { LowerBound = 0.9, UpperBound = 0.1 })],
            null,
            false));
    }
}
