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
    private static readonly double Threshold = RoutedClassifier.Entropy([(float)(20 * Distance), 0]);

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.8, 0.7219280948873623)]
    [InlineData(0.99, 0.08079313589591118)]
    public void The_entropy_of_two_classes_is_that_of_a_coin(double probability, double entropy)
    {
        Assert.Equal(entropy, RoutedClassifier.Entropy([(float)Math.Log(probability), (float)Math.Log(1 - probability)]), 1e-6);
    }

    [Fact]
    public void The_entropy_runs_from_nothing_to_one_whatever_the_number_of_classes()
    {
        Assert.Equal(1, RoutedClassifier.Entropy(new float[10]), 1e-12);
        Assert.Equal(0, RoutedClassifier.Entropy([1e30f, -1e30f, 0]), 1e-12);
        Assert.Throws<CertiPureException>(() => RoutedClassifier.Entropy([float.NaN, 0]));
    }

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
        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_threshold_that_is_no_entropy_is_refused(double threshold)
    {
        var error = Assert.Throws<CertiPureException>(
            () => new RoutedClassifier(null, new Slope(20), new Slope(20), threshold, Sigma));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    private static RoutedClassifier Routed(int batchSize, double sigma = Sigma) =>
        new(null, new Slope(3), new Slope(20), Threshold, sigma, batchSize);

    /// <summary>Two classes that part at 0.5.</summary>
    private sealed class Slope(float steepness) : IClassifier
    {
        public ImageShape Shape => OnePixel;

        public int ClassCount => 2;

        public float[] Logits(ImageBatch images)
        {
            var logits = new float[2 * images.Count];
            for (int i = 0; i < images.Count; i++)
            {
                logits[(2 * i) + 1] = steepness * (images[i][0] - 0.5f);
            }

            return logits;
        }
    }
}
