using System.Numerics.Tensors;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>
/// Real images and five linear scores whose weights are multiples of one unit vector u: along t = u.x the classes are intervals, so that the
/// probabilities under noise are differences of Phi at the intervals' ends, and the true smoothed radius is where the class first
/// ties with another along the one line on which anything changes. The selected class A and its rival B lie at the two ends with narrow
/// classes between, where the margin bound's theorem is tight.
/// </summary>
public sealed class SlabClassifierTests(ITestOutputHelper output)
{
    private const string Package = "/usr/share/datasets/fashion-mnist";
    private const double Sigma = 0.5;
    private const double Alpha = 0.001;

    /// <summary>Where one class ends and the next begins, as distances from the place of the image, in pixel space: B, three narrow
    /// classes, A.</summary>
    private static readonly double[] Ends = [-0.35, -0.2, -0.1, 0.06];

    [Theory]
    [InlineData("fixed")]
    [InlineData("staged")]
    public async Task No_margin_radius_exceeds_the_true_one_and_it_comes_closer_than_cohen_s(string planName)
    {
        Assert.SkipUnless(Directory.Exists(Package), "The Debian package dataset-fashion-mnist is not installed.");
        ImageSet images = Idx.ReadFolder(Package, "test", "fashion-mnist", [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        int violations = 0, certified = 0, abstained = 0, total = 0;
        var shares = new List<(double Margin, double Top)>();
        for (int id = 0; id < 30; id++)
        {
            LabeledImage image = images.Read(id);
            var slabs = new Slabs(image);
            double truth = Slabs.TrueRadiusFrom(0, 4);
            SamplingPlan plan = planName == "fixed"
                ? new FixedPlan(100, 2_000, Alpha, BoundKind.Margin)
                : new StagedPlan([0, 0.1, 0.2], 100, 2_000, Alpha, BoundKind.Margin);
            using var queue = new DrawQueue(new PurifiedClassifier(null, slabs, Sigma, 64));
            Certificate certificate = await new SmoothedClassifier(queue, new NoiseSource(9)).CertifyAsync(
                image, plan, null, TestContext.Current.CancellationToken);
            total++;
            if (certificate.Predicted is not { } predicted)
            {
                abstained++;
                continue;
            }

            certified++;
            violations += predicted == 4 && certificate.Radius <= truth ? 0 : 1;
            Look look = certificate.Looks[^1];
            shares.Add((certificate.Radius / truth, MarginBound.Of([new Look(look.N, look.K, look.Alpha)], Sigma).Radius / truth));
        }

        output.WriteLine($"{planName}: {certified} of {total} certified, true radius {Slabs.TrueRadiusFrom(0, 4):0.0000}, in the mean "
            + $"{shares.Average(share => share.Margin):P1} of it by the margin and {shares.Average(share => share.Top):P1} by the first class alone");
        // Each certificate errs with probability at most alpha; two errors among 30 have a probability below 5e-4.
        Assert.InRange(violations, 0, 1);
        Assert.True(certified > 0.9 * total, $"Only {certified} were certified.");
        Assert.True(shares.Average(share => share.Margin) > shares.Average(share => share.Top) + 0.3);
        Assert.True(shares.Max(share => share.Margin) > 0.7, "The certificates are far from the truth.");
    }

    /// <summary>The radius in closed form and by root-finding along the line agree where A and B alone are in question.</summary>
    [Fact]
    public void The_true_radius_is_the_theorem_s_where_the_rivals_lie_at_the_ends()
    {
        double[] chances = Slabs.Chances(0);
        Assert.Equal(1, chances.Sum(), 1e-12);
        double closed = Sigma / 2 * (NormalDistribution.Quantile(chances[4]) - NormalDistribution.Quantile(chances[0]));
        Assert.Equal(closed, Slabs.TrueRadiusFrom(0, 4), 1e-9);
        Assert.True(chances[4] < 0.5 && chances[4] > chances[0]);
    }

    private sealed class Slabs : IClassifier
    {
        private readonly float[] _direction;
        private readonly double _place;

        internal Slabs(LabeledImage image)
        {
            Shape = image.Shape;
            float[] pixels = image.ToPixels();
            float[] direction = [.. pixels.Select((pixel, i) => pixel - 0.5f + (i % 7 * 0.01f))];
            double norm = Math.Sqrt(direction.Sum(w => (double)w * w));
            _direction = [.. direction.Select(w => (float)(w / norm))];
            _place = TensorPrimitives.Dot<float>(_direction, pixels);
        }

        public ImageShape Shape { get; }

        public int ClassCount => 5;

        /// <summary>The scores are lines c t + b_c, each above its neighbours between their crossings.</summary>
        public float[] Logits(ImageBatch images)
        {
            float[] logits = new float[5 * images.Count];
            for (int i = 0; i < images.Count; i++)
            {
                double t = TensorPrimitives.Dot<float>(_direction, images[i]) - _place;
                double offset = 0;
                for (int label = 0; label < 5; label++)
                {
                    offset -= label == 0 ? 0 : Ends[label - 1];
                    logits[(5 * i) + label] = (float)((label * t) + offset);
                }
            }

            return logits;
        }

        internal static double[] Chances(double shift)
        {
            double[] below = [0, .. Ends.Select(end => NormalDistribution.Cdf((end - shift) / Sigma)), 1];
            return [.. below.Zip(below.Skip(1), (from, to) => to - from)];
        }

        /// <summary>The least distance along the line, in either direction, at which another class is as probable.</summary>
        internal static double TrueRadiusFrom(double place, int label) => new[] { -1, 1 }.Min(direction =>
        {
            const double step = 1e-3;
            double far = Enumerable.Range(1, 3_000).Select(i => i * step).FirstOrDefault(r => !Wins(r), double.PositiveInfinity);
            if (double.IsPositiveInfinity(far))
            {
                return far;
            }

            double near = far - step;
            for (int i = 0; i < 60; i++)
            {
                double middle = (near + far) / 2;
                (near, far) = Wins(middle) ? (middle, far) : (near, middle);
            }

            return near;

            bool Wins(double radius)
            {
                double[] chances = Chances(place + (direction * radius));
                return chances.Index().All(other => other.Index == label || other.Item < chances[label]);
            }
        });
    }
}
