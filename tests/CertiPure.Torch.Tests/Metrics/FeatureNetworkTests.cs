using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Metrics;

public sealed class FeatureNetworkTests
{
    private const string Arguments = """{"depth":8,"img_channels":1,"width":8,"num_classes":10}""";

    [Fact]
    public void A_classifier_gives_what_its_last_layer_sees_and_its_name_tells_its_weights()
    {
        using var folder = new TemporaryFolder();
        string path = Save(folder, 5);
        using Checkpoint weights = CheckpointReader.Open(path);
        using FeatureNetwork network = FeatureNetwork.Classifier(weights);
        using DisposeScope scope = NewDisposeScope();
        Tensor features = network.Features(rand(3, 1, 28, 28));
        Assert.Equal([3L, 32L], features.shape);
        Assert.StartsWith($"CIFAR ResNet last layer, 1x28x28, weights {weights.Sha256()[..12]}", network.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_outside_the_range_or_of_other_channels_are_refused()
    {
        using var folder = new TemporaryFolder();
        using Checkpoint weights = CheckpointReader.Open(Save(folder, 5));
        using FeatureNetwork network = FeatureNetwork.Classifier(weights);
        Assert.Throws<CertiPureException>(() => network.Features(full([1, 1, 28, 28], 1.01f)));
        Assert.Throws<CertiPureException>(() => network.Features(zeros(1, 3, 28, 28)));
    }

    [Fact]
    public void Statistics_of_batches_are_those_of_all_images_and_one_image_is_refused()
    {
        using var folder = new TemporaryFolder();
        using Checkpoint weights = CheckpointReader.Open(Save(folder, 5));
        using FeatureNetwork network = FeatureNetwork.Classifier(weights);
        var shape = new ImageShape(1, 28, 28);
        var random = new Random(1);
        ImageBatch all = new(shape, Enumerable.Range(0, 5 * 784).Select(_ => random.NextSingle()).ToArray());
        FeatureStatistics whole = FeatureStatistics.Of(network, [all], "five");
        FeatureStatistics parts = FeatureStatistics.Of(
            network, [new ImageBatch(shape, all.Pixels[..(2 * 784)]), new ImageBatch(shape, all.Pixels[(2 * 784)..])]);
        Assert.Equal((5L, "five"), (whole.ImageCount!.Value, whole.Source));
        Assert.All(whole.Mean.Zip(parts.Mean), pair => Assert.Equal(pair.First, pair.Second, 5));
        Assert.Throws<CertiPureException>(() => FeatureStatistics.Of(network, [new ImageBatch(shape, 1)]));
    }

    private static string Save(TemporaryFolder folder, ulong seed)
    {
        using var network = Architecture.Named("CifarResNet").Create<nn.Module>(Arguments);
        FreshWeights.Draw(network, seed);
        string path = folder["classifier.safetensors"];
        SafeTensors.Write(path, ModuleState.Capture(network, ClassifierCheckpoint.Metadata(
            "CifarResNet", Arguments, new ImageShape(1, 28, 28), new PixelNormalization([0.5], [0.5]))));
        return path;
    }
}
