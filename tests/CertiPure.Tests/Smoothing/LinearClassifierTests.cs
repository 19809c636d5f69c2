using System.Numerics.Tensors;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>
/// Real images and a base classifier whose true smoothed radius is known in closed form: for the sign of w.x + b it is
/// |w.x + b| / |w| (Cohen et al. 2019, appendix), and a linear purifier only changes w.
/// </summary>
public sealed class LinearClassifierTests
{
    private const string Package = "/usr/share/datasets/fashion-mnist";
    private const double Alpha = 0.001;
    private static readonly string[] Classes = [.. Enumerable.Range(0, 10).Select(i => $"{i}")];

    [Theory]
    [InlineData(false, "fixed", NoiseKind.Normal)]
    [InlineData(true, "fixed", NoiseKind.Normal)]
    [InlineData(false, "staged", NoiseKind.Normal)]
    [InlineData(true, "staged", NoiseKind.Exact)]
    public async Task No_certified_radius_exceeds_the_true_one_beyond_the_stated_failure_rate(
        bool purify, string planName, NoiseKind kind)
    {
        Assert.SkipUnless(Directory.Exists(Package), "The Debian package dataset-fashion-mnist is not installed.");
        const double Sigma = 0.5;
        (float[] weights, float offset) = Separator(0, 6);
        IPurifier? purifier = purify ? new Blur() : null;
        float[] effective = purify ? Blur.Apply(weights) : weights;
        double norm = Math.Sqrt(effective.Sum(w => (double)w * w));
        SamplingPlan plan = planName == "fixed" ? new FixedPlan(50, 500, Alpha) : new StagedPlan([0, 0.1, 0.25, 0.5], 50, 500, Alpha);
        ImageSet images = Idx.ReadFolder(Package, "test", "fashion-mnist", Classes);
        int[] ids = [.. Enumerable.Range(0, images.Count).Where(id => images.Read(id).Label is 0 or 6).Take(60)];
        using var queue = new DrawQueue(new PurifiedClassifier(purifier, new Halfspace(weights, offset), Sigma, 64));
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(5, kind));
        int violations = 0;
        int certified = 0;
        double largestShare = 0;
        await foreach (Certificate certificate in smoothed.CertifyAsync(
            ids.Select(images.Read), plan, null, TestContext.Current.CancellationToken))
        {
            float[] pixels = images.Read(certificate.Id).ToPixels();
            double margin = TensorPrimitives.Dot<float>(effective, pixels) + offset;
            double truth = Math.Abs(margin) / norm;
            if (certificate.Predicted is not { } predicted)
            {
                continue;
            }

            certified++;
            bool holds = predicted == (margin > 0 ? 1 : 0) && certificate.Radius <= truth;
            violations += holds ? 0 : 1;
            largestShare = holds ? Math.Max(largestShare, certificate.Radius / truth) : largestShare;
        }

        // Each certificate errs with probability at most alpha; more than this many errors have a probability below 1e-6.
        int tolerated = Enumerable.Range(0, ids.Length).First(k => BinomialTail.AtLeast(k + 1, ids.Length, Alpha).Value < 1e-6);
        Assert.InRange(violations, 0, tolerated);
        Assert.True(certified > 0.6 * ids.Length, $"Only {certified} were certified.");
        Assert.True(largestShare > 0.7, "The certificates are far from the truth.");
    }

    /// <summary>The difference of two classes' mean images and the offset that puts the means' middle on the boundary.</summary>
    private static (float[] Weights, float Offset) Separator(int negative, int positive)
    {
        ImageSet images = Idx.ReadFolder(Package, "test", "fashion-mnist", Classes);
        float[] first = Mean(images, negative);
        float[] second = Mean(images, positive);
        float[] weights = [.. second.Zip(first, (a, b) => a - b)];
        float[] middle = [.. second.Zip(first, (a, b) => (a + b) / 2)];
        return (weights, -TensorPrimitives.Dot<float>(weights, middle));
    }

    private static float[] Mean(ImageSet images, int label)
    {
        float[] sum = new float[images.Shape.Length];
        LabeledImage[] chosen = [.. Enumerable.Range(5_000, 2_000).Select(images.Read).Where(image => image.Label == label)];
        foreach (LabeledImage image in chosen)
        {
            TensorPrimitives.Add(sum, image.ToPixels(), sum);
        }

        TensorPrimitives.Divide(sum, chosen.Length, sum);
        return sum;
    }

    private sealed class Halfspace(float[] weights, float offset) : IClassifier
    {
        public ImageShape Shape => new(1, 28, 28);

        public int ClassCount => 2;

        public float[] Logits(ImageBatch images)
        {
            float[] logits = new float[2 * images.Count];
            for (int i = 0; i < images.Count; i++)
            {
                logits[(2 * i) + 1] = TensorPrimitives.Dot<float>(weights, images[i]) + offset;
            }

            return logits;
        }
    }

    /// <summary>Means of three neighbours in a row of pixels, symmetric, so that it is its own transpose.</summary>
    private sealed class Blur : IPurifier
    {
        public string Method => "blur";

        public int NetworkCalls(double sigma) => 1;

        public ImageBatch Purify(ImageBatch noisy, double sigma)
        {
            var purified = new ImageBatch(noisy.Shape, noisy.Count);
            for (int i = 0; i < noisy.Count; i++)
            {
                Apply(noisy[i]).CopyTo(purified[i]);
            }

            return purified;
        }

        internal static float[] Apply(ReadOnlySpan<float> image)
        {
            float[] result = new float[image.Length];
            for (int i = 0; i < image.Length; i++)
            {
                float left = i > 0 ? image[i - 1] : 0;
                float right = i + 1 < image.Length ? image[i + 1] : 0;
                result[i] = (left + image[i] + right) / 3;
            }

            return result;
        }
    }
}
