using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class TorchClassifierTests
{
    private static readonly PixelNormalization Normalization = new([0.3], [0.4]);

    [Fact]
    public void Pixels_are_normalised_before_the_network()
    {
        using var network = new CifarResNet(SmallNetworks.ResNet);
        FreshWeights.Draw(network, 1);
        using var classifier = new TorchClassifier(network, SmallNetworks.Shape, Normalization);
        ImageBatch images = SmallNetworks.NoisyImages(2);
        float[] logits = classifier.Logits(images);
        using var noGradient = no_grad();
        using Tensor pixels = tensor(images.Pixels.ToArray()).view(2, 1, 16, 16);
        float[] expected = network.forward((pixels - 0.3) / 0.4).data<float>().ToArray();
        Assert.Equal(20, logits.Length);
        Assert.Equal(10, classifier.ClassCount);
        Assert.All(logits.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    [Fact]
    public void A_written_classifier_computes_as_before()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "classifier.safetensors");
        using var network = new CifarResNet(SmallNetworks.ResNet);
        FreshWeights.Draw(network, 1);
        SafeTensors.Write(path, ModuleState.Capture(network, ClassifierCheckpoint.Metadata(
            "CifarResNet", ArchitectureArguments.Write(SmallNetworks.ResNet), SmallNetworks.Shape, Normalization)));
        using var original = new TorchClassifier(network, SmallNetworks.Shape, Normalization);
        using TorchClassifier loaded = ClassifierCheckpoint.Load(path);
        ImageBatch images = SmallNetworks.NoisyImages(2);
        Assert.Equal(SmallNetworks.Shape, loaded.Shape);
        Assert.Equal(original.Logits(images), loaded.Logits(images));
    }

    [Theory]
    [InlineData("shape", "1x16")]
    [InlineData("shape", "1x16x0")]
    [InlineData("mean", "a")]
    [InlineData("std", "0")]
    [InlineData("std", "0.2,0.2")]
    public void A_file_with_impossible_metadata_is_refused(string key, string value)
    {
        using var network = new CifarResNet(SmallNetworks.ResNet);
        var metadata = new Dictionary<string, string>(ClassifierCheckpoint.Metadata(
            "CifarResNet", ArchitectureArguments.Write(SmallNetworks.ResNet), SmallNetworks.Shape, Normalization))
        {
            [key] = value,
        };
        Assert.Throws<CertiPureException>(() => ClassifierCheckpoint.Load(ModuleState.Capture(network, metadata)));
    }

    [Fact]
    public void A_network_for_other_images_is_refused()
    {
        using var network = new CifarResNet(SmallNetworks.ResNet);
        var exception = Assert.Throws<CertiPureException>(
            () => new TorchClassifier(network, new ImageShape(3, 16, 16), PixelNormalization.ImageNet));
        Assert.Contains("3x16x16", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_or_damaged_torchscript_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "classifier.pt");
        Assert.Throws<CertiPureException>(() => TorchClassifier.FromTorchScript(path, SmallNetworks.Shape));
        File.WriteAllText(path, "no zip file");
        var exception = Assert.Throws<CertiPureException>(() => TorchClassifier.FromTorchScript(path, SmallNetworks.Shape));
        Assert.Contains("TorchScript", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_torchscript_resnet20_loads()
    {
        string path = TestData.Path("classifiers", "resnet20-cifar10.torchscript.pt");
        using TorchClassifier classifier = TorchClassifier.FromTorchScript(path, new ImageShape(3, 32, 32));
        Assert.Equal(10, classifier.ClassCount);
        Assert.Equal(20, classifier.Logits(new ImageBatch(classifier.Shape, 2)).Length);
        Assert.Throws<CertiPureException>(() => TorchClassifier.FromTorchScript(path, new ImageShape(2, 32, 32)));
    }
}
