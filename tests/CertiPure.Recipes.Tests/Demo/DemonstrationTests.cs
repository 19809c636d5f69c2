using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Demo;
using CertiPure.Reports;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using TorchSharp;

namespace CertiPure.Recipes.Tests.Demo;

/// <summary>The demo with untrained networks: every step of it, but no claim about accuracy.</summary>
public sealed class DemonstrationTests : IDisposable
{
    private const string SmallUNet =
        """{"img_resolution":28,"img_channels":1,"patch":4,"model_channels":32,"channel_mult":[1],"num_blocks":1,"attn_resolutions":[],"dropout":0}""";

    private const string SmallResNet = """{"depth":8,"img_channels":1,"width":8,"num_classes":10}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-demo-").FullName;

    public DemonstrationTests()
    {
        LibTorch.Load();
        string models = Directory.CreateDirectory(Path.Combine(_folder, "models", "small")).FullName;
        Save<torch.nn.Module>("CifarResNet", SmallResNet, Path.Combine(models, "classifier.safetensors"), ClassifierCheckpoint.Metadata(
            "CifarResNet", SmallResNet, new ImageShape(1, 28, 28), new PixelNormalization([0.5], [0.5])));
        Save<torch.nn.Module>("SongUNet", SmallUNet, Path.Combine(models, "edm.safetensors"), PurifierCheckpoint.Metadata(
            "SongUNet", SmallUNet, Preconditioning.Named("edm")));
        Save<torch.nn.Module>("SongUNet", SmallUNet, Path.Combine(models, "consistency-lpips.safetensors"), PurifierCheckpoint.Metadata(
            "SongUNet", SmallUNet, Preconditioning.Named("consistency")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Three_methods_certify_the_same_images_and_a_page_shows_them()
    {
        Demonstration demo = await RunAsync();

        ReportTable table = demo.Summarize();
        Assert.Equal(["no purifier", "one-step EDM", "Consistency Purification"], table.Rows.Select(row => row[0].Text));
        Assert.Equal([demo.ReadRuns()[0].Manifest!.CleanImages!.ToString()], table.Notes);
        Assert.All(demo.ReadRuns(), run => Assert.Equal([0, 2, 4], run.Images.Select(image => image.Id)));
        string page = File.ReadAllText(demo.ReportPath);
        // Three images in four rows: as they are, noisy, and after each of two purifiers.
        Assert.Equal(12, page.Split("<img ").Length - 1);
        Assert.Contains("Manifest of Consistency Purification", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_noise_is_the_same_for_every_method()
    {
        Demonstration demo = await RunAsync();
        Assert.Single(demo.ReadRuns().Select(run => run.Experiment!.Seed).Distinct());
        Assert.Single(demo.ReadRuns().Select(run => run.Experiment!.Data.PixelSha256).Distinct());
    }

    [Fact]
    public async Task A_second_demo_certifies_nothing_anew()
    {
        await RunAsync();
        DateTime before = File.GetLastWriteTimeUtc(Path.Combine(_folder, "demo", "runs", "edm", "certificates.jsonl"));
        int certified = 0;
        await RunAsync(() => certified++);
        Assert.Equal(0, certified);
        Assert.True(File.GetLastWriteTimeUtc(Path.Combine(_folder, "demo", "runs", "edm", "certificates.jsonl")) >= before);
    }

    [Fact]
    public void Without_the_bundled_models_the_demo_says_which_are_missing()
    {
        var demo = new Demonstration(
            Images(), Path.Combine(_folder, "demo"), new DemoOptions { Images = ImageSelection.Parse("0"), Models = new BundledModels(_folder) });
        Assert.Contains(
            "fashion-mnist",
            Assert.Throws<CertiPureException>(() => demo.Open(demo.Methods[0])).Message,
            StringComparison.Ordinal);
    }

    private static ImageSet Images()
    {
        var pixels = new byte[6 * 784];
        new Random(3).NextBytes(pixels);
        return new ImageSet(
            "noise", "test", new ImageShape(1, 28, 28), pixels, [0, 1, 2, 3, 4, 5], [.. Enumerable.Range(0, 10).Select(i => $"class {i}")]);
    }

    private static void Save<TNetwork>(
        string architecture, string arguments, string path, IReadOnlyDictionary<string, string> metadata)
        where TNetwork : torch.nn.Module
    {
        using TNetwork network = Architecture.Named(architecture).Create<TNetwork>(arguments);
        FreshWeights.Draw(network, 5);
        SafeTensors.Write(path, ModuleState.Capture(network, metadata));
    }

    private async Task<Demonstration> RunAsync(Action? certified = null)
    {
        var demo = new Demonstration(Images(), Path.Combine(_folder, "demo"), new DemoOptions
        {
            Images = ImageSelection.Parse("0,2,4"),
            SelectionDraws = 4,
            EstimationDraws = 12,
            Model = "small",
            Models = new BundledModels(Path.Combine(_folder, "models")),
        });
        foreach (DemoMethod method in demo.Methods)
        {
            using DemoRun run = demo.Open(method);
            await run.CompleteAsync(() => certified?.Invoke(), TestContext.Current.CancellationToken);
            demo.Picture(run);
        }

        demo.WriteReport();
        return demo;
    }
}
