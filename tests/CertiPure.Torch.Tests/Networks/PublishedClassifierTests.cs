using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Torch.Tests.Networks;

public sealed class PublishedClassifierTests
{
    // Of the canonical test images only these are at hand without loss.
    private const int LosslessImages = 1017;

    [Theory]
    [InlineData("resnet20-12fca82f.th", 20, 91.6)]
    [InlineData("resnet32-d509ac18.th", 32, 92.8)]
    [InlineData("resnet44-014dd654.th", 44, 93.4)]
    [InlineData("resnet56-4bfd9763.th", 56, 92.7)]
    public void A_published_cifar10_classifier_reaches_its_accuracy(string file, int depth, double percent)
    {
        ImageSet images = CifarBinary.Read(TestData.Path("cifar-10-batches-bin"), "test");
        using Checkpoint checkpoint = CheckpointReader.Open(TestData.Path("classifiers", file));
        var network = new CifarResNet(new CifarResNetOptions { Depth = depth });
        CheckpointLoader.Load(network, checkpoint, name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        using var classifier = new TorchClassifier(network, images.Shape, PixelNormalization.ImageNet);

        int right = 0;
        foreach (int[] ids in Enumerable.Range(0, LosslessImages).Chunk(113))
        {
            var batch = new ImageBatch(images.Shape, ids.Length);
            LabeledImage[] read = [.. ids.Select(images.Read)];
            for (int i = 0; i < ids.Length; i++)
            {
                read[i].CopyPixels(batch[i]);
            }

            float[] logits = classifier.Logits(batch);
            right += read.Where((image, i) => image.Label == ArgMax(logits.AsSpan(i * 10, 10))).Count();
        }

        Assert.InRange(100.0 * right / LosslessImages, percent - 0.2, percent + 0.2);
    }

    private static int ArgMax(ReadOnlySpan<float> values) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(values);
}
