using CertiPure.Images;
using CertiPure.Smoothing;
using CertiPure.Torch.Metrics;

namespace CertiPure.Torch.Tests.Metrics;

public sealed class TransportTests
{
    private static readonly ImageShape Shape = new(1, 2, 2);

    [Fact]
    public void The_assignment_is_the_cheapest_of_all_permutations()
    {
        var random = new Random(7);
        for (int trial = 0; trial < 200; trial++)
        {
            int count = 1 + (trial % 6);
            var cost = new double[count, count];
            for (int i = 0; i < cost.Length; i++)
            {
                // Small whole numbers make ties; the odd negative one is allowed.
                cost[i / count, i % count] = trial % 2 == 0 ? random.NextDouble() : random.Next(-2, 4);
            }

            int[] assignment = OptimalAssignment.Solve(cost);

            Assert.Equal(Enumerable.Range(0, count), assignment.Order());
            double cheapest = Permutations(count).Min(permutation => Total(cost, permutation));
            Assert.Equal(cheapest, Total(cost, assignment), 12);
        }
    }

    [Fact]
    public void On_a_line_the_assignment_pairs_in_order()
    {
        var random = new Random(3);
        float[][] first = [.. Enumerable.Range(0, 120).Select(_ => (float[])[random.NextSingle()])];
        float[][] second = [.. Enumerable.Range(0, 120).Select(_ => (float[])[random.NextSingle() * 2])];
        double sorted = first.Select(a => a[0]).Order().Zip(second.Select(b => b[0]).Order(), (a, b) => Math.Abs(a - b)).Average();
        Assert.Equal(sorted, Wasserstein.Between(first, second, order: 1), 6);
    }

    [Fact]
    public void A_shifted_set_is_at_the_distance_of_the_shift()
    {
        var random = new Random(5);
        float[][] first = [.. Enumerable.Range(0, 30).Select(_ => (float[])[random.NextSingle(), random.NextSingle()])];
        float[][] shifted = [.. first.Reverse().Select(a => (float[])[a[0] + 3, a[1] - 4])];
        Assert.Equal(5, Wasserstein.Between(first, shifted, order: 1), 5);
        Assert.Equal(5, Wasserstein.Between(first, shifted, order: 2), 5);
    }

    [Fact]
    public void The_exact_distances_can_be_over_the_first_images_alone()
    {
        LabeledImage[] images = [.. Enumerable.Range(0, 12).Select(id => new LabeledImage(id, 0, Shape, new byte[] { (byte)(20 * id), 9, 7, 250 }))];
        var noise = new NoiseSource(5);
        var purifier = new Noisy();
        Transport few = Transport.Measure(purifier, images, 0.5, 2, noise, assigned: 5);
        Assert.Equal((12, 5), (few.ImageDistances.Count, few.Assigned));
        Assert.Equal(Transport.Measure(purifier, images[..5], 0.5, 2, noise).Wasserstein1, few.Wasserstein1, 12);
        Assert.Equal(12, Transport.Measure(purifier, images, 0.5, 1, noise, assigned: 99).Assigned);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_cost_that_is_not_finite_is_refused(double value) =>
        Assert.Throws<ArgumentException>(() => OptimalAssignment.Solve(new[,] { { 0, value }, { 1, 2 } }));

    [Fact]
    public void Transport_is_the_mean_distance_to_the_own_clean_image_and_no_less_than_the_best_pairing()
    {
        LabeledImage[] images = [Image(0, 0), Image(1, 51), Image(2, 102)];

        // Every image comes out as the next one's: the own image is far, yet the sets are almost the same.
        var rotating = new Rotating(images);
        Transport transport = Transport.Measure(rotating, images, 1e-6, 2, new NoiseSource(1), batchSize: 4);

        double step = 2 * 0.2;
        Assert.Equal([step, step, 2 * step], transport.ImageDistances.Select(distance => Math.Round(distance, 5)));
        Assert.Equal(4.0 / 3 * step, transport.MeanDistance, 5);
        Assert.Equal(0, transport.Wasserstein1, 5);
        Assert.Equal(0, transport.Wasserstein2, 5);
        Assert.Equal(6, rotating.Purified);
    }

    [Fact]
    public void Without_purification_transport_is_the_length_of_the_noise()
    {
        LabeledImage[] images = [.. Enumerable.Range(0, 50).Select(id => Image(id, 128))];
        Transport transport = Transport.Measure(new Identity(), images, 0.5, 40, new NoiseSource(2));

        // The length of 4 normal numbers has mean sqrt(2) Gamma(5/2) / Gamma(2) = 1.87997 and deviation .6824; 2,000 of them.
        Assert.Equal(0.5 * 1.87997, transport.MeanDistance, 5 * 0.5 * 0.6824 / Math.Sqrt(2000));
    }

    [Fact]
    public void Markovs_bound_holds_for_a_distribution_at_hand()
    {
        double[] distances = [0, 0.1, 0.1, 0.4, 1.5];
        foreach (double radius in (double[])[0.05, 0.1, 0.2, 0.5, 1, 2])
        {
            double inside = distances.Count(distance => distance < radius) / 5.0;
            Assert.True(Transport.MarkovBound(distances.Average(), radius) <= inside);
        }

        Assert.Equal(0.75, Transport.MarkovBound(0.25, 1), 12);
        Assert.Equal(0, Transport.MarkovBound(2, 1));
    }

    private static LabeledImage Image(int id, byte value) => new(id, null, Shape, Enumerable.Repeat(value, 4).ToArray());

    private static double Total(double[,] cost, int[] assignment) => assignment.Select((column, row) => cost[row, column]).Sum();

    private static IEnumerable<int[]> Permutations(int count) => count == 0
        ? [[]]
        : Permutations(count - 1).SelectMany(rest => Enumerable.Range(0, count).Select(at => rest[..at].Append(count - 1).Concat(rest[at..]).ToArray()));

    private sealed class Identity : IPurifier
    {
        public string Method => "none";

        public int NetworkCalls(double sigma) => 0;

        public ImageBatch Purify(ImageBatch noisy, double sigma) => noisy;
    }

    /// <summary>Gives for each known image, told by its nearly noiseless pixels, the next one.</summary>
    private sealed class Rotating(LabeledImage[] images) : IPurifier
    {
        public int Purified { get; private set; }

        public string Method => "rotating";

        public int NetworkCalls(double sigma) => 0;

        public ImageBatch Purify(ImageBatch noisy, double sigma)
        {
            var purified = new ImageBatch(noisy.Shape, noisy.Count);
            for (int i = 0; i < noisy.Count; i++)
            {
                int image = (int)Math.Round(noisy[i][0] * 5);
                images[(image + 1) % images.Length].CopyPixels(purified[i]);
                Purified++;
            }

            return purified;
        }
    }

    /// <summary>No purifier at all.</summary>
    private sealed class Noisy : IPurifier
    {
        public string Method => "none";

        public int NetworkCalls(double sigma) => 0;

        public ImageBatch Purify(ImageBatch noisy, double sigma) => noisy;
    }
}
