using CertiPure.Recipes.Metrics;
using CertiPure.Recipes.Tests.Reproduce;
using CertiPure.Smoothing;
using CertiPure.Torch.Metrics;

namespace CertiPure.Recipes.Tests.Metrics;

public sealed class FrechetStatisticsTests : IDisposable
{
    private readonly SmallModels _models = new();
    private readonly FeatureNetwork _network;

    public FrechetStatisticsTests() => _network = MetricNetworks.LoadFeatures(
        "classifier", _models.Weights.Find("classifier"), _models.Locations);

    public void Dispose()
    {
        _network.Dispose();
        _models.Dispose();
    }

    [Fact]
    public void Statistics_are_computed_once_and_name_network_images_and_their_number()
    {
        MetricImages images = MetricImages.Of(SmallModels.Images(), [0, 1, 2, 5]);
        var statistics = new FrechetStatistics(_models.At("cache"));
        int read = 0;
        FeatureStatistics first = statistics.Of(_network, images, done => read = done);
        Assert.Equal(4, read);
        FeatureStatistics second = statistics.Of(_network, images, _ => read = -1);
        Assert.Equal(4, read);
        Assert.Equal(first.Mean, second.Mean);
        Assert.Equal((4L, _network.Name, images.Source), (second.ImageCount!.Value, second.Network, second.Source));
        Assert.StartsWith("noise test, 4 images (selection ", second.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_damaged_or_says_other_things_is_computed_again()
    {
        MetricImages images = MetricImages.Of(SmallModels.Images(), [0, 1, 2]);
        var statistics = new FrechetStatistics(_models.At("cache"));
        FeatureStatistics right = statistics.Of(_network, images);
        string path = statistics.PathOf(_network.Name, images.Source);
        File.WriteAllText(path, "no archive");
        Assert.Equal(right.Mean, statistics.Of(_network, images).Mean);
        FeatureStatisticsFile.Write(path, new FeatureStatistics(_network.Name, 3, [7], new double[,] { { 1 } }, "other images"));
        Assert.Equal(right.Mean, statistics.Of(_network, images).Mean);
    }

    [Fact]
    public void Purified_images_are_clipped_and_told_apart_by_all_that_makes_them()
    {
        MetricImages noisy = MetricImages.Purified(SmallModels.Images(), [0, 1, 2], null, "noisy", 2, new NoiseSource(1));
        Assert.All(noisy.Batches(2).SelectMany(batch => batch.Pixels.ToArray()), pixel => Assert.InRange(pixel, 0, 1));
        Assert.Equal([2, 1], noisy.Batches(2).Select(batch => batch.Count));
        string[] sources =
        [
            noisy.Source,
            MetricImages.Purified(SmallModels.Images(), [0, 1, 2], null, "noisy", 1, new NoiseSource(1)).Source,
            MetricImages.Purified(SmallModels.Images(), [0, 1, 2], null, "noisy", 2, new NoiseSource(2)).Source,
            MetricImages.Purified(SmallModels.Images(), [0, 1, 3], null, "noisy", 2, new NoiseSource(1)).Source,
            MetricImages.Of(SmallModels.Images(), [0, 1, 2]).Source,
        ];
        Assert.Equal(5, sources.Distinct().Count());
    }

    [Fact]
    public void Networks_whose_weights_are_absent_say_which()
    {
        var features = Assert.Throws<CertiPureException>(() => MetricNetworks.LoadFeatures("inception", null, _models.Locations));
        Assert.Contains("fid-inception", features.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.FeatureWeightsMissing, features.Reason);
        var lpips = Assert.Throws<CertiPureException>(() => MetricNetworks.LoadLpips("vgg", null, null, null, _models.Locations));
        Assert.Contains("vgg16", lpips.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.LpipsWeightsMissing, lpips.Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(
            () => MetricNetworks.LoadFeatures("resnet", null, _models.Locations)).Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(
            () => MetricNetworks.LoadLpips("resnet", null, null, null, _models.Locations)).Reason);
    }
}
