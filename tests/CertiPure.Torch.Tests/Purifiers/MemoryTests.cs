using CertiPure.Images;
using CertiPure.Smoothing;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using TorchSharp;

namespace CertiPure.Torch.Tests.Purifiers;

[Collection(nameof(AloneTests))]
public sealed class MemoryTests
{
    [Fact]
    public async Task Memory_grows_neither_with_the_draws_nor_with_the_images()
    {
        using var purifier = new ConsistencyPurifier(SmallNetworks.Denoiser(new ConsistencyPreconditioning()));
        using TorchClassifier classifier = SmallNetworks.Classifier();
        using var queue = new DrawQueue(new TorchBaseClassifier(purifier, classifier, 0.5, 16));
        await CertifyAsync(queue, images: 2, draws: 100);
        long tensors = LiveTensors(), resident = Environment.WorkingSet;

        await CertifyAsync(queue, images: 1, draws: 2_000);
        await CertifyAsync(queue, images: 10, draws: 100);

        Assert.Equal(tensors, LiveTensors());

        // A hundred and more batches whose activations were kept would be a hundred megabytes.
        Assert.InRange(Environment.WorkingSet - resident, long.MinValue, 64L << 20);
    }

    // What other tests left to the garbage collector is not counted.
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    private static async Task CertifyAsync(DrawQueue queue, int images, int draws)
    {
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(1));
        IEnumerable<LabeledImage> black =
            Enumerable.Range(0, images).Select(id => new LabeledImage(id, null, SmallNetworks.Shape, new byte[SmallNetworks.Shape.Length]));
        await foreach (Certificate certificate in smoothed.CertifyAsync(black, new FixedPlan(20, draws, 0.001), null))
        {
            Assert.Equal(draws, certificate.Draws);
        }
    }
}
