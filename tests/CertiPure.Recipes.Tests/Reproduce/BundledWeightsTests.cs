using CertiPure.Recipes.Reproduce;

namespace CertiPure.Recipes.Tests.Reproduce;

public sealed class BundledWeightsTests
{
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
}
