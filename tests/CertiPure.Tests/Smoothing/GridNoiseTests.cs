using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class GridNoiseTests
{
    [Theory]
    [InlineData(0.25)]
    [InlineData(1.0)]
    public void Every_step_has_the_probability_of_its_bin(double sigma)
    {
        // The share of 64-bit numbers that give at most k is found by bisection and compared with Phi((2k+1)/(510 sigma)).
        GridNoise noise = GridNoise.Of(sigma);
        for (int k = (int)(-800 * sigma); k <= 800 * sigma; k += 7)
        {
            ulong low = 0;
            ulong high = ulong.MaxValue;
            while (low < high)
            {
                ulong middle = low + ((high - low) / 2);
                if (noise.Steps(middle) > k)
                {
                    high = middle;
                }
                else
                {
                    low = middle + 1;
                }
            }

            double share = low / Math.Pow(2, 64);
            double expected = NormalDistribution.Cdf(((2 * k) + 1) / (510 * sigma));
            Assert.Equal(expected, share, 1e-14);
        }
    }

    [Fact]
    public void Thresholds_agree_with_the_independent_library_to_their_last_bit()
    {
        // floor(2^64 * P[Z > (2k+1)/(510 sigma)]), computed with 60 digits elsewhere.
        Assert.Equal(9194512557308354100UL, FixedPointNormal.UpperTail64(1, 510, 0.5));
        Assert.Equal(1059925858153285574UL, FixedPointNormal.UpperTail64(201, 510, 0.25));
        Assert.Equal(804841651632494UL, FixedPointNormal.UpperTail64(2001, 510, 1.0));
        Assert.Equal(10UL, FixedPointNormal.UpperTail64(4501, 510, 1.0));
    }

    [Fact]
    public void Steps_grow_with_the_bits_and_are_symmetric()
    {
        GridNoise noise = GridNoise.Of(0.5);
        var random = new Random(7);
        ulong[] bits = [.. Enumerable.Range(0, 20_000).Select(_ => (ulong)random.NextInt64() * 2)];
        Array.Sort(bits);
        int[] steps = [.. bits.Select(noise.Steps)];
        Assert.Equal(steps.Order(), steps);
        Assert.Equal(steps, bits.Select(b => -noise.Steps(~b)));
        Assert.True(noise.Steps(0) < -9 * 127);
    }

    /// <summary>The two are the same in distribution, not draw by draw: each count of a value is compared with its exact
    /// probability, false alarm at most 1e-6 over all values.</summary>
    [Fact]
    public void It_is_distributed_as_normal_noise_that_was_rounded_to_the_grid()
    {
        const double Sigma = 0.1;
        var source = new NoiseSource(8, NoiseKind.Exact);
        var counts = new Dictionary<int, int>();
        float[] noisy = new float[3072];
        float[] image = new float[3072];
        Array.Fill(image, 128 / 255f);
        const int Draws = 200;
        for (int draw = 0; draw < Draws; draw++)
        {
            source.AddNoise(image, 0, NoisePhase.Estimation, draw, Sigma, noisy);
            foreach (float value in noisy)
            {
                int k = (int)MathF.Round(value * 255) - 128;
                Assert.Equal((128 + k) / 255f, value);
                counts[k] = counts.GetValueOrDefault(k) + 1;
            }
        }

        const int Values = 161;
        for (int k = -80; k <= 80; k++)
        {
            double p = NormalDistribution.Cdf(((2 * k) + 1) / (510 * Sigma)) - NormalDistribution.Cdf(((2 * k) - 1) / (510 * Sigma));
            int count = counts.GetValueOrDefault(k);
            Assert.True(BinomialTail.AtLeast(count, Draws * 3072, p).Value >= 1e-6 / (2 * Values), $"{k}: {count} are too many");
            Assert.True(BinomialTail.AtMost(count, Draws * 3072, p).Value >= 1e-6 / (2 * Values), $"{k}: {count} are too few");
        }
    }

    [Fact]
    public void Pixels_off_the_grid_are_refused()
    {
        float[] image = [0.1234f];
        Assert.Throws<ArgumentException>(
            () => new NoiseSource(0, NoiseKind.Exact).AddNoise(image, 0, NoisePhase.Estimation, 0, 0.5, new float[1]));
    }

    [Fact]
    public void Every_8_bit_pixel_is_on_the_grid() =>
        Assert.All(Enumerable.Range(0, 256), b => Assert.Equal((b - 3) / 255f, GridNoise.Add(b / 255f, -3)));
}
