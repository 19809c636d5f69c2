using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Onnx.Tests;

/// <summary>The whole chain, from noise through an ONNX file to the radius, against a classifier whose true radius is known.</summary>
[Trait("group", "long")]
public sealed class CoverageTests : IDisposable
{
    private const double Sigma = 0.25;
    private const double Alpha = 0.05;
    private const int SelectionDraws = 10;
    private const int Draws = 100;
    private const int Certificates = 20_000;
    private static readonly ImageShape Shape = new(1, 2, 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-onnx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Class 1 against class 0 is the sign of w.x + b, so the true radius is |w.x + b| / |w| and the probability of the class of
    /// the image is Phi of that over sigma (Cohen et al. 2019). A certificate is false where its class is another or its radius larger.</summary>
    [Theory]
    [InlineData(0.16f)]
    [InlineData(0.3f)]
    public async Task The_share_of_false_certificates_is_the_exactly_computed_error(float margin)
    {
        float[] w = [0.5f, -0.5f, 0.5f, 0.5f];
        byte[] pixels = [100, 150, 200, 50];
        float onBoundary = w.Zip(pixels, (weight, pixel) => weight * (pixel / 255f)).Sum();
        string path = Path.Combine(_folder, "linear.onnx");
        OnnxModelFile.WriteLinear(
            path, [0, 1, 2, 2], new float[,] { { 0, 0, 0, 0 }, { w[0], w[1], w[2], w[3] } }, [0, margin - onBoundary]);

        // |w| is 1, so the margin is the radius.
        double truth = margin, p = NormalDistribution.Cdf(truth / Sigma);
        using var classifier = new OnnxClassifier(path, threads: 1);
        using var queue = new DrawQueue(new PurifiedClassifier(null, classifier, Sigma, 1024));
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(seed: 20));
        int wrong = 0, made = 0;
        await foreach (Certificate certificate in smoothed.CertifyAsync(
            Enumerable.Range(0, Certificates).Select(id => new LabeledImage(id, 1, Shape, pixels)),
            new FixedPlan(SelectionDraws, Draws, Alpha, BoundKind.Top),
            null,
            TestContext.Current.CancellationToken))
        {
            made++;
            wrong += certificate.Predicted switch
            {
                null => 0,
                1 => certificate.Radius > truth ? 1 : 0,
                _ => 1,
            };
        }

        double exact = ExactError(p);
        (double lower, double upper) = BinomialBound.Interval(wrong, made, 0.99);
        Assert.Equal(Certificates, made);
        Assert.InRange(exact, Alpha / 4, Alpha);
        Assert.InRange(exact, lower, upper);
    }

    /// <summary>Selection and estimation are independent: the right class is selected and its bound exceeds p, or the wrong one is and its
    /// bound exceeds 1/2.</summary>
    private static double ExactError(double p)
    {
        double[] selection = Masses(SelectionDraws, p), votes = Masses(Draws, p), others = Masses(Draws, 1 - p);
        // Among equals the lowest class, which is the wrong one here.
        double right = selection.Where((_, k) => 2 * k > SelectionDraws).Sum();
        double tooFar = votes.Where((_, k) => BinomialBound.Lower(k, Draws, Alpha) > p).Sum();
        double otherClass = others.Where((_, k) => BinomialBound.Lower(k, Draws, Alpha) > 0.5).Sum();
        return (right * tooFar) + ((1 - right) * otherClass);
    }

    /// <summary>The probabilities of 0 to n successes, built up trial by trial.</summary>
    private static double[] Masses(int n, double p)
    {
        double[] masses = [1];
        for (int trial = 0; trial < n; trial++)
        {
            masses = [.. Enumerable.Range(0, trial + 2).Select(k =>
                (k <= trial ? masses[k] * (1 - p) : 0) + (k > 0 ? masses[k - 1] * p : 0))];
        }

        return masses;
    }
}
