using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Features;

namespace CertiPure.Torch.Tests.Metrics;

public sealed class LpipsMeasurementTests
{
    private static readonly ImageShape Colour = new(3, 64, 64);

    [Fact]
    public void Batches_are_compared_pair_by_pair_whatever_their_sizes()
    {
        using Lpips lpips = Fresh();
        ImageBatch first = Images(Colour, 3, 1), second = Images(Colour, 3, 2);
        LpipsMeasurement whole = LpipsMeasurement.Of(lpips, "n", [first], [second]);
        LpipsMeasurement parts = LpipsMeasurement.Of(lpips, "n", Each(first), Each(second));
        Assert.Equal(3, whole.Distances.Count);
        Assert.All(whole.Distances.Zip(parts.Distances), pair => Assert.Equal(pair.First, pair.Second, 5));
        Assert.Contains("3 pairs", whole.ToString(), StringComparison.Ordinal);
        Assert.Contains("(n;", whole.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Grey_images_are_compared_as_three_equal_channels()
    {
        using Lpips lpips = Fresh();
        ImageBatch grey = Images(new ImageShape(1, 64, 64), 1, 1), other = Images(new ImageShape(1, 64, 64), 1, 2);
        double distance = LpipsMeasurement.Of(lpips, "n", [grey], [other]).Mean;
        Assert.Equal(LpipsMeasurement.Of(lpips, "n", [Tripled(grey)], [Tripled(other)]).Mean, distance, 6);
    }

    [Fact]
    public void Sets_that_differ_in_number_or_shape_and_pixels_outside_the_range_are_refused()
    {
        using Lpips lpips = Fresh();
        ImageBatch one = Images(Colour, 1, 1), two = Images(Colour, 2, 1);
        Assert.Throws<CertiPureException>(() => LpipsMeasurement.Of(lpips, "n", [one], [two]));
        Assert.Throws<CertiPureException>(() => LpipsMeasurement.Of(lpips, "n", [one], [one, one]));
        Assert.Throws<CertiPureException>(() => LpipsMeasurement.Of(lpips, "n", [one, one], [one]));
        Assert.Throws<CertiPureException>(() => LpipsMeasurement.Of(lpips, "n", [], []));
        Assert.Throws<CertiPureException>(() => LpipsMeasurement.Of(lpips, "n", [one], [Images(new ImageShape(3, 32, 32), 1, 1)]));
        two.Pixels.Span[5] = 1.01f;
        Assert.Throws<CertiPureException>(() => LpipsMeasurement.Of(lpips, "n", [two], [two]));
    }

    private static IEnumerable<ImageBatch> Each(ImageBatch batch) =>
        Enumerable.Range(0, batch.Count).Select(i => new ImageBatch(batch.Shape, batch[i].ToArray()));

    private static ImageBatch Tripled(ImageBatch grey) => new(
        Colour, Enumerable.Repeat(grey.Pixels.ToArray(), 3).SelectMany(channel => channel).ToArray());

    private static ImageBatch Images(ImageShape shape, int count, int seed)
    {
        var random = new Random(seed);
        var batch = new ImageBatch(shape, count);
        foreach (ref float pixel in batch.Pixels.Span)
        {
            pixel = random.NextSingle();
        }

        return batch;
    }

    private static Lpips Fresh()
    {
        using var network = new SqueezeNet(classes: 0);
        FreshWeights.Draw(network, 5);
        using var linear = new LpipsHeads(network.FeatureChannels);
        FreshWeights.Draw(linear, 6);
        using Checkpoint backbone = ModuleState.Capture(network);
        using Checkpoint heads = ModuleState.Capture(linear);
        return Lpips.Load("squeeze", backbone, heads);
    }
}
