using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Tests;

/// <summary>The bundled Fashion-MNIST networks on real images: the certificates are the same, byte for byte and seconds apart,
/// however the work is divided, ordered or interrupted.</summary>
[Collection(nameof(AloneTests))]
public sealed class BundledModelTests(BundledModelTests.UndisturbedRun undisturbed) : IClassFixture<BundledModelTests.UndisturbedRun>
{
    private const string Package = "/usr/share/datasets/fashion-mnist";
    private static readonly int[] Ids = [0, 200, 400, 600, 800, 1000];

    private string[] Expected => Workbench.WithoutTimes(undisturbed.Run);

    [Fact]
    public async Task Three_shards_on_two_threads_merge_into_the_run_of_one_process_on_one_thread_and_can_be_drawn_again()
    {
        SkipWithoutImages();
        string[] shards = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(undisturbed.Folder, $"shard-{i}"))];
        foreach ((int i, string shard) in shards.Index())
        {
            (await CommandResult.Of([.. Certify(shard, "2"), "--shard", $"{i}/3"])).Succeeded();
        }

        string merged = Path.Combine(undisturbed.Folder, "merged");
        (await CommandResult.Of(["merge", .. shards.Reverse(), "--out", merged])).Succeeded();
        Assert.Equal(Expected, Workbench.WithoutTimes(merged));
        Assert.Contains(
            "6 replayed: 0 of 1992 votes differ, 0 predicted classes change",
            (await CommandResult.Of("verify", merged, "--replay", "6", "--threads", "1")).Succeeded(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_killed_and_resumed_is_the_undisturbed_one()
    {
        SkipWithoutImages();
        string run = Path.Combine(undisturbed.Folder, "killed");
        using (System.Diagnostics.Process process = await RunningCommand.StartAndAwaitLogAsync(run, Certify(run, "1")))
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.InRange(Workbench.WithoutTimes(run).Length, 1, 5);
        (await CommandResult.Of(Certify(run, "1"))).Succeeded();
        Assert.Equal(Expected, Workbench.WithoutTimes(run));
    }

    [Fact]
    public async Task Another_order_of_the_images_gives_the_same_certificates()
    {
        SkipWithoutImages();
        var request = new ModelRequest("fashion-mnist", PurifierChoice.Parse("consistency:fashion-mnist"), 0.5, new ImageShape(1, 28, 28));
        using BaseModel model = ModelCatalog.Load(request);
        IImageSource images = await DataSets.OpenAsync(
            "fashion-mnist", new PictureOptions { Split = "test" }, DataLocations.Of(null), _ => { }, TestContext.Current.CancellationToken);
        using var queue = new DrawQueue(model.BaseClassifier);
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(0));
        var lines = new Dictionary<int, string>();
        await foreach (Certificate certificate in smoothed.CertifyAsync(
            Ids.Reverse().Select(images.Read), new FixedPlan(32, 300), null, TestContext.Current.CancellationToken))
        {
            lines.Add(certificate.Id, CertificateLog.ToLine(certificate with { Seconds = 0 }));
        }

        Assert.Equal(Expected, Ids.Select(id => lines[id]));
    }

    private static string[] Certify(string run, string threads) =>
    [
        "certify", "--data", "fashion-mnist", "--images", "0..1000:200", "--classifier", "fashion-mnist",
        "--purifier", "consistency:fashion-mnist", "--sigma", "0.5", "--n0", "32", "--n", "300", "--threads", threads, "--seed", "0", "--out", run,
    ];

    private static void SkipWithoutImages() =>
        Assert.SkipUnless(Directory.Exists(Package), "The Debian package dataset-fashion-mnist is not installed.");

    /// <summary>The run of one process on one thread.</summary>
    public sealed class UndisturbedRun : IAsyncLifetime
    {
        internal string Folder { get; } = Directory.CreateTempSubdirectory("certipure-bundled-").FullName;

        internal string Run => Path.Combine(Folder, "undisturbed");

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            if (Directory.Exists(Package))
            {
                (await CommandResult.Of(Certify(Run, "1"))).Succeeded();
            }
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
