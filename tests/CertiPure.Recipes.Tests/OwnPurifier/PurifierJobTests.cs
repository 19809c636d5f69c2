using CertiPure.Images;
using CertiPure.Recipes.OwnPurifier;
using CertiPure.Recipes.Presets;

namespace CertiPure.Recipes.Tests.OwnPurifier;

public sealed class PurifierJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-job-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0.5, "small")]
    [InlineData(3, "medium")]
    [InlineData(24, "large")]
    public void The_hours_choose_the_network(double hours, string size) => Assert.Equal(size, Job(hours: hours).Size);

    [Theory]
    [InlineData(null, FineTuningDistance.L2)]
    [InlineData("mine.onnx", FineTuningDistance.L2)]
    [InlineData("mine.pt", FineTuningDistance.Features)]
    public void A_classifier_with_gradients_gives_the_distance(string? classifier, FineTuningDistance distance) =>
        Assert.Equal(distance, Job(classifier: classifier).Distance);

    [Fact]
    public void A_tenth_of_the_pictures_is_held_out_evenly_and_few_pictures_are_warned_of()
    {
        PurifierJob job = Job(images: 40);

        Assert.Equal([9, 19, 29, 39], job.HeldOut);
        Assert.Contains("40 pictures", job.Warning, StringComparison.Ordinal);
        Assert.Null(Job(images: 1000).Warning);
        Assert.Equal(100, Job(images: 5000).HeldOut.Count);
    }

    [Fact]
    public void Impossible_jobs_are_refused()
    {
        Assert.Contains("A training cannot take 0 hours", Assert.Throws<CertiPureException>(() => Job(hours: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("too few", Assert.Throws<CertiPureException>(() => Job(images: 5)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, 2, 14)]
    [InlineData(32, 2, 16)]
    [InlineData(64, 4, 16)]
    [InlineData(224, 14, 16)]
    [InlineData(8, 1, 8)]
    public void The_network_takes_the_data_s_shape_in_a_grid_of_at_most_16_patches(int side, int patch, int grid)
    {
        IReadOnlyList<string> changes = ShapedNetwork.Changes(new ImageShape(1, side, side));

        Assert.Equal(
            [$"network.arguments.img_resolution={side}", "network.arguments.img_channels=1", $"network.arguments.patch={patch}", $"network.arguments.attn_resolutions=[{grid}]"],
            changes);
    }

    [Fact]
    public void Images_that_no_grid_fits_are_refused()
    {
        Assert.Contains("square", Assert.Throws<CertiPureException>(() => ShapedNetwork.Changes(new ImageShape(3, 32, 48))).Message, StringComparison.Ordinal);
        Assert.Contains("resize", Assert.Throws<CertiPureException>(() => ShapedNetwork.Changes(new ImageShape(3, 97, 97))).Message, StringComparison.Ordinal);
    }

    /// <summary>Methods that certify the first so many images differ on as many images as their counts differ; six on one side alone are the
    /// fewest that McNemar's exact test takes for a difference (p = 2/64, five give 2/32).</summary>
    [Theory]
    [InlineData(12, 35, 41, "worth using")]
    [InlineData(12, 36, 41, "better than no purifier; between it and one-step EDM (edm.safetensors) these images show no difference")]
    [InlineData(12, 41, 35, "better than no purifier, but one-step EDM (edm.safetensors) is better still")]
    [InlineData(12, 18, 13, "not shown to be better than no purifier, but one-step EDM (edm.safetensors) is")]
    [InlineData(12, 14, 17, "not shown to be better than no purifier")]
    [InlineData(12, 5, 3, "not worth using yet, since no purifier is better")]
    public void The_verdict_compares_with_no_purifier_and_with_edm(int none, int edm, int consistency, string verdict)
    {
        TrialResult[] results = [First("none", none), First("edm", edm), First("consistency", consistency)];

        string falling = PurifierTrial.Verdict(results, [new StageResult("edm", 10, 1, [4, 3, 2, 1])]);
        Assert.Equal(
            $"certifies {consistency} of 100 images held out at radius 0.25, without it {none}, one-step EDM {edm}: {verdict}; the loss is still falling, so more hours help",
            falling);
        Assert.EndsWith("more pictures help rather than more hours", PurifierTrial.Verdict(results, [new StageResult("edm", 10, 1, [4, 1, 1, 1])]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, 1, true)]
    [InlineData(9, 2, false)]
    [InlineData(24, 23, false)]
    public void A_method_is_better_where_images_that_one_method_alone_certifies_say_so(int only, int onlyEdm, bool isBetter)
    {
        TrialResult none = new("none", [.. Enumerable.Repeat(false, 60)]);
        TrialResult edm = new("edm", [.. Enumerable.Range(0, 60).Select(i => i >= only && i < only + onlyEdm || i >= 50)]);
        TrialResult consistency = new("consistency", [.. Enumerable.Range(0, 60).Select(i => i < only || i >= 50)]);

        Assert.Equal(
            isBetter, PurifierTrial.Verdict([none, edm, consistency], []).Contains("worth using", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("group", "long")]
    public void A_job_that_is_stopped_goes_on_and_leaves_a_purifier_that_a_folder_names()
    {
        ImageSet data = Pictures(40);
        PurifierJob job = new(new PurifierJobRequest(data, 0.001, _folder));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => job.Run(_ => { }, new Stop(stop), stop.Token));

        IReadOnlyList<StageResult> stages = new PurifierJob(new PurifierJobRequest(data, 0.001, _folder))
            .Run(_ => { }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["edm", "consistency", "fine-tuning"], stages.Select(stage => stage.Stage));
        Assert.All(stages, stage => Assert.NotEmpty(stage.HeldOutLosses));
        Assert.Equal(137, PurifierTrial.Draw(_folder, data, job.HeldOut)[0]);
        Assert.Contains("36 pictures of 3x16x16", PurifierCard.Write(job, data, stages, [], null), StringComparison.Ordinal);
        Assert.Contains(
            "another purifier",
            Assert.Throws<CertiPureException>(() => new PurifierJob(new PurifierJobRequest(Pictures(50), 0.001, _folder))
                .Run(_ => { }, cancellation: TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    private static TrialResult First(string method, int certified) => new(method, [.. Enumerable.Range(0, 100).Select(i => i < certified)]);

    private PurifierJob Job(double hours = 1, int images = 40, string? classifier = null) =>
        new(new PurifierJobRequest(Pictures(images), hours, _folder) { Classifier = classifier });

    private static ImageSet Pictures(int count)
    {
        var pixels = new byte[count * 768];
        new Random(1).NextBytes(pixels);
        return new ImageSet("noise", null, new ImageShape(3, 16, 16), pixels, null, []);
    }

    private sealed class Stop(CancellationTokenSource stop) : IProgress<PurifierJobProgress>
    {
        public void Report(PurifierJobProgress value)
        {
            if (value.Stage == "consistency")
            {
                stop.Cancel();
            }
        }
    }
}
