using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class TorchBaseClassifierTests
{
    [Fact]
    public void It_gives_the_labels_of_purifier_and_classifier_in_turn()
    {
        using var purifier = new ConsistencyPurifier(SmallNetworks.Denoiser(new ConsistencyPreconditioning()));
        using TorchClassifier classifier = SmallNetworks.Classifier();
        ImageBatch noisy = SmallNetworks.NoisyImages(32);
        int[] fused = Labels(new TorchBaseClassifier(purifier, classifier, 0.5, 32), noisy);
        int[] inTurn = new int[32];
        new PurifiedClassifier(purifier, classifier, 0.5, 32).Classify(noisy, inTurn);
        Assert.Equal(inTurn, fused);
        Assert.True(fused.Distinct().Count() > 1, "All images got one label, which shows nothing.");
    }

    [Fact]
    public void Without_a_purifier_the_classifier_sees_the_noisy_image()
    {
        using TorchClassifier classifier = SmallNetworks.Classifier();
        ImageBatch noisy = SmallNetworks.NoisyImages(8);
        float[] logits = classifier.Logits(noisy);
        int[] expected = [.. logits.Chunk(10).Select(row => Array.IndexOf(row, row.Max()))];
        Assert.Equal(expected, Labels(new TorchBaseClassifier(null, classifier, 0.5, 8), noisy));
    }

    [Fact]
    public void A_label_depends_on_its_own_image_alone()
    {
        using var purifier = new EdmPurifier(SmallNetworks.Denoiser(new EdmPreconditioning()));
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var joined = new TorchBaseClassifier(purifier, classifier, 0.5, 16);
        ImageBatch noisy = SmallNetworks.NoisyImages(16), others = SmallNetworks.NoisyImages(16, seed: 77);
        int[] labels = Labels(joined, noisy);
        others[0].CopyTo(noisy[15]);
        others[1].CopyTo(noisy[0]);
        Assert.Equal(labels[1..15], Labels(joined, noisy)[1..15]);
    }

    [Fact]
    public void A_batch_leaves_no_tensor_alive()
    {
        using var purifier = new ConsistencyPurifier(SmallNetworks.Denoiser(new ConsistencyPreconditioning()));
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var joined = new TorchBaseClassifier(purifier, classifier, 0.5, 8);
        ImageBatch noisy = SmallNetworks.NoisyImages(8);
        Labels(joined, noisy);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            Labels(joined, noisy);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Another_batch_size_is_refused()
    {
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var alone = new TorchBaseClassifier(null, classifier, 0.5, 8);
        Assert.Throws<ArgumentException>(() => alone.Classify(SmallNetworks.NoisyImages(7), new int[7]));
        Assert.Throws<ArgumentException>(() => alone.Classify(SmallNetworks.NoisyImages(8), new int[7]));
    }

    [Fact]
    public void Logits_that_are_not_numbers_are_refused_instead_of_counted()
    {
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var alone = new TorchBaseClassifier(null, classifier, 0.5, 2);
        ImageBatch noisy = SmallNetworks.NoisyImages(2);
        noisy[1][5] = float.NaN;
        var exception = Assert.Throws<CertiPureException>(() => alone.Classify(noisy, new int[2]));
        Assert.Contains("is NaN", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_purifier_of_other_images_is_refused()
    {
        SongUNetOptions colour = SmallNetworks.UNet with { Channels = 3 };
        using var purifier = new EdmPurifier(SmallNetworks.Denoiser(new EdmPreconditioning(), colour));
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var exception = Assert.Throws<CertiPureException>(() => new TorchBaseClassifier(purifier, classifier, 0.5));
        Assert.Contains("3x16x16", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bf16_logits_are_close_to_fp32_logits()
    {
        using TorchClassifier exact = SmallNetworks.Classifier(), rounded = SmallNetworks.Classifier(Precision.Bf16);
        ImageBatch images = SmallNetworks.NoisyImages(8);
        float[] expected = exact.Logits(images), computed = rounded.Logits(images);
        float difference = expected.Zip(computed, (a, b) => Math.Abs(a - b)).Max();
        Assert.InRange(difference, 1e-6f, 0.03f * expected.Max(Math.Abs));
    }

    private static int[] Labels(TorchBaseClassifier classifier, ImageBatch noisy)
    {
        int[] labels = new int[noisy.Count];
        classifier.Classify(noisy, labels);
        return labels;
    }
}
