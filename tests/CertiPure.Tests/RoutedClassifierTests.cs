using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests;

/// <summary>Certified routing on one pixel, where every probability is known.</summary>
public sealed class RoutedClassifierTests
{
    private const double Sigma = 0.25;
    private const double Distance = 0.1;
    private static readonly ImageShape OnePixel = new(1, 1, 1);

    // The core is sure, its entropy at most the threshold, at least this far from its boundary at 0.5.
    private static readonly double Threshold = EntropySelection.Entropy([(float)(20 * Distance), 0]);

    [Fact]
    public async Task Votes_on_class_and_route_have_their_true_probabilities_at_every_batch_size()
    {
        const int N = 20_000;
        var image = new LabeledImage(3, 1, OnePixel, new byte[] { 153 });
        Certificate? first = null;
        foreach (int batch in (int[])[7, 64])
        {
            using var queue = new DrawQueue(Routed(batch));
            Certificate certificate = await new SmoothedClassifier(queue, new NoiseSource(5))
                .CertifyAsync(image, new RoutedPlan(100, N, 0.001), null, TestContext.Current.CancellationToken);
            Routing routing = certificate.Routing!;
            Assert.True(routing.IsSmoothed(100));

            // x = .6: class 1 where x + n > .5; smoothed where |x + n - .5| >= .1.
            double right = NormalDistribution.Cdf(0.1 / Sigma);
            double smoothed = 1 - (NormalDistribution.Cdf(0) - NormalDistribution.Cdf(-0.2 / Sigma));
            Assert.InRange(certificate.Looks[0].K / (double)N, right - 0.015, right + 0.015);
            Assert.InRange(routing.Look.K / (double)N, smoothed - 0.015, smoothed + 0.015);
            Assert.Equal(0.0005, certificate.Looks[0].Alpha);
            Assert.Equal(0.0005, routing.Look.Alpha);
            Assert.Equal(1, certificate.Predicted);
            Assert.Equal(
                Math.Min(BinomialBound.Radius(routing.LowerBound, Sigma), BinomialBound.Radius(certificate.LowerBound, Sigma)),
                certificate.Radius);
            Assert.True(certificate.Radius > 0);
            if (first is not null)
            {
                // Lists compare by reference, so one by one.
                Assert.Equal(first.Selection, certificate.Selection);
                Assert.Equal(first.Looks, certificate.Looks);
                Assert.Equal(first.Routing, certificate.Routing);
            }

            first = certificate;
        }
    }

    [Fact]
    public async Task The_plain_answer_is_the_cores_for_the_image_without_noise()
    {
        RoutedClassifier routed = Routed(8);
        Assert.Equal(0, routed.PlainAnswer(new LabeledImage(0, null, OnePixel, new byte[] { 120 })));
        Assert.Equal(1, routed.PlainAnswer(new LabeledImage(0, null, OnePixel, new byte[] { 140 })));

        // At the boundary most draws are not sure, and with little noise nearly all: the plain model answers.
        using var queue = new DrawQueue(Routed(8, sigma: 0.03));
        Certificate certificate = await new SmoothedClassifier(queue, new NoiseSource(5)).CertifyAsync(
            new LabeledImage(0, 1, OnePixel, new byte[] { 128 }), new RoutedPlan(50, 500), null, TestContext.Current.CancellationToken);
        Assert.False(certificate.Routing!.IsSmoothed(50));
        Assert.Equal(1, certificate.Predicted);
        Assert.Equal(0, certificate.Radius);
    }

    [Fact]
    public async Task A_plan_that_does_not_share_alpha_is_refused()
    {
        using var queue = new DrawQueue(Routed(8));
        var error = await Assert.ThrowsAsync<CertiPureException>(() => new SmoothedClassifier(queue, new NoiseSource(5)).CertifyAsync(
            new LabeledImage(0, 1, OnePixel, new byte[] { 128 }), new FixedPlan(), null, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    [Fact]
    public async Task A_selection_network_routes_draws_by_its_own_answer_to_the_purified_draw()
    {
        // x = .6, purified to x + n - .1: class 1 where x + n > .6; smoothed where x + n > .45.
        const int N = 20_000;
        var routed = new RoutedClassifier(
            new Darkening(0.1f), new Slope(3), new Slope(20), new NetworkSelection(new Slope(1, from: 0.35f)), Sigma, 64);
        using var queue = new DrawQueue(routed);
        Certificate certificate = await new SmoothedClassifier(queue, new NoiseSource(5)).CertifyAsync(
            new LabeledImage(3, 1, OnePixel, new byte[] { 153 }),
            new RoutedPlan(100, N, 0.001),
            null,
            TestContext.Current.CancellationToken);
        Assert.True(certificate.Routing!.IsSmoothed(100));
        double smoothed = NormalDistribution.Cdf(0.15 / Sigma);
        Assert.InRange(certificate.Looks[0].K / (double)N, 0.485, 0.515);
        Assert.InRange(certificate.Routing.Look.K / (double)N, smoothed - 0.015, smoothed + 0.015);
    }

    [Fact]
    public void An_answer_that_is_no_number_is_refused_whichever_network_gives_it()
    {
        var broken = new Slope(float.NaN);
        Refused(new RoutedClassifier(null, broken, new Slope(20), new EntropySelection(new Slope(20), 0.5), Sigma, 1));
        Refused(new RoutedClassifier(null, new Slope(3), broken, new EntropySelection(broken, 0.5), Sigma, 1));
        Refused(new RoutedClassifier(null, new Slope(3), new Slope(20), new NetworkSelection(broken), Sigma, 1));

        static void Refused(RoutedClassifier routed) =>
            Assert.Throws<CertiPureException>(() => routed.Classify(new ImageBatch(OnePixel, 1), new int[1]));
    }

    [Fact]
    public void Networks_for_other_images_are_refused()
    {
        var wide = new Slope(1) { Shape = new ImageShape(1, 1, 2) };
        foreach (Action join in (Action[])
            [
                () => _ = new RoutedClassifier(null, new Slope(3), wide, new NetworkSelection(new Slope(1)), Sigma),
                () => _ = new RoutedClassifier(null, new Slope(3), new Slope(20), new NetworkSelection(wide), Sigma),
            ])
        {
            Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(join).Reason);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_noise_level_that_is_none_is_refused(double sigma) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Routed(8, sigma));

    private static RoutedClassifier Routed(int batchSize, double sigma = Sigma)
    {
        var core = new Slope(20);
        return new RoutedClassifier(null, new Slope(3), core, new EntropySelection(core, Threshold), sigma, batchSize);
    }

    /// <summary>Takes the same from every pixel.</summary>
    private sealed class Darkening(float by) : IPurifier
    {
        public string Method => "darkening";

        public int NetworkCalls(double sigma) => 1;

        public ImageBatch Purify(ImageBatch noisy, double sigma)
        {
            var purified = new ImageBatch(noisy.Shape, noisy.Count);
            for (int i = 0; i < noisy.Count; i++)
            {
                purified[i][0] = noisy[i][0] - by;
            }

            return purified;
        }
    }

    /// <summary>Two classes that part at a brightness.</summary>
    private sealed class Slope(float steepness, float from = 0.5f) : IClassifier
    {
        public ImageShape Shape { get; init; } = OnePixel;

        public int ClassCount => 2;

        public float[] Logits(ImageBatch images)
        {
            var logits = new float[2 * images.Count];
            for (int i = 0; i < images.Count; i++)
            {
                logits[(2 * i) + 1] = steepness * (images[i][0] - from);
            }

            return logits;
        }
    }
}
