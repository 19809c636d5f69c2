using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Reproduce;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Tests.Reproduce;

public sealed class BundledWeightsTests
{
    private static readonly OpenAiUNetOptions PublishedDdpm = new()
    {
        ImageSize = 32,
        ModelChannels = 128,
        OutputChannels = 6,
        ResidualBlocks = 3,
        AttentionResolutions = [16, 8],
    };

    [Theory]
    [InlineData("ddpm", "train ddpm --preset fashion-mnist")]
    [InlineData("consistency-l1", "finetune consistency --loss l1")]
    [InlineData("consistency-lpips", "finetune consistency --loss lpips --lpips-backbone")]
    [InlineData("calibrated", "finetune calibration")]
    [InlineData("classifier-finetuned", "finetune classifier")]
    [InlineData("joint-purifier", "finetune joint")]
    [InlineData("smoothed-gaussian-0.25", "train smoothed-classifier --preset fashion-mnist --data fashion-mnist --set sigma=0.25")]
    [InlineData("smoothed-consistency-1", "--set sigma=1 --set lambda=10")]
    public void Weights_that_are_absent_are_named_with_the_command_that_makes_them(string role, string command)
    {
        using var models = new SmallModels();
        Assert.Null(models.Weights.Find(role));
        string advice = models.Weights.Advice(role);
        Assert.StartsWith($"needs {role}.safetensors in models/fashion-mnist: certipure ", advice, StringComparison.Ordinal);
        Assert.Contains(command, advice, StringComparison.Ordinal);
        Assert.Throws<CertiPureException>(() => models.Weights.Prepare(role));
    }

    [Fact]
    public void Weights_that_are_there_are_found_and_published_ones_are_named()
    {
        using var models = new SmallModels("edm");
        Assert.Equal(Path.Combine(models.Models, "edm.safetensors"), models.Weights.Find("edm"));
        Assert.Equal("needs the published resnet20-cifar10: certipure data get resnet20-cifar10", models.Weights.Advice("resnet20-cifar10"));
        string own = models.At("own.onnx");
        Assert.Null(models.Weights.Find(own));
        File.WriteAllText(own, "");
        Assert.Equal(own, models.Weights.Find(own));
    }

    [Fact]
    public void At_the_papers_scale_what_nobody_publishes_is_told()
    {
        using var models = new SmallModels();
        var published = new PublishedWeights(models.Weights, models.Locations, models.At("weights"));
        Assert.Equal("needs the published consistency-cifar10: certipure data get consistency-cifar10", published.Advice("consistency"));
        Assert.Contains("nobody publishes", published.Advice("calibrated"), StringComparison.Ordinal);
        Assert.Null(published.Find("ddpm"));
        // One's own file goes before a published one.
        Assert.Equal(models.Weights.Find("classifier"), published.Prepare("classifier"));
    }

    [Fact]
    public void A_published_checkpoint_is_converted_once_and_then_loads()
    {
        using var models = new SmallModels();
        PublishedCheckpoint known = PublishedCheckpoints.Find("ddpm-cifar10")!;
        string folder = Path.Combine(models.Locations.Cache, "checkpoints", known.Name);
        Directory.CreateDirectory(folder);
        WriteZeros(PublishedDdpm, Path.Combine(folder, known.Files.Single().Name));
        var published = new PublishedWeights(models.Weights, models.Locations, models.At("converted"));

        string converted = published.Prepare("ddpm");

        Assert.Equal(models.At("converted"), Path.GetDirectoryName(converted));
        using (Denoiser denoiser = PurifierCheckpoint.Load(converted))
        {
            Assert.Equal("ddpm", denoiser.Preconditioning.Name);
        }

        DateTime written = File.GetLastWriteTimeUtc(converted);
        Assert.Equal(converted, published.Prepare("ddpm"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(converted));
        Assert.Single(Directory.GetFiles(models.At("converted")));
    }

    /// <summary>The published file's tensors by name and shape, which is what it is recognised by.</summary>
    private static void WriteZeros(OpenAiUNetOptions options, string path)
    {
        using var network = new ImprovedDiffusionUNet(options);
        using var zeros = new Checkpoint(
            network.state_dict().Select(pair => CheckpointTensor.OfShape(pair.Key, ElementType.Float16, pair.Value.shape)));
        SafeTensors.Write(path, zeros, ElementType.Float16);
    }
}
