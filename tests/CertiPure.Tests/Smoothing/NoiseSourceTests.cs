using System.Runtime.Intrinsics.X86;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class NoiseSourceTests
{
    private static readonly NoiseSource Source = new(20240700623);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(784)]
    [InlineData(3072)]
    [InlineData(3075)]
    public void The_vector_form_gives_the_scalar_bits(int length)
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has no AVX2, so the vector form is never used.");
        float[] image = Image(length);
        float[] vector = new float[length];
        float[] scalar = new float[length];
        for (int draw = 0; draw < 300; draw++)
        {
            Source.AddNoise(image, 11, NoisePhase.Estimation, draw, 0.5, vector);
            Source.AddNormal(image, 11, NoisePhase.Estimation, draw, 0.5, scalar, 0);
            Assert.True(scalar.AsSpan().SequenceEqual(vector), $"draw {draw}");
        }
    }

    [Fact]
    public void The_vector_form_gives_the_scalar_bits_in_the_far_tail()
    {
        ulong[] bits = [0, 1UL << 12, 1UL << 20, 1UL << 27, 1UL << 28, 1UL << 40, ulong.MaxValue, ulong.MaxValue - (1UL << 27)];
        foreach (ulong[] four in bits.Chunk(4))
        {
            var u = NormalTransform.Uniform(System.Runtime.Intrinsics.Vector256.Create(four));
            var x = NormalTransform.Quantile(u);
            for (int lane = 0; lane < 4; lane++)
            {
                Assert.Equal(NormalTransform.Uniform(four[lane]), u[lane]);
                Assert.Equal(NormalTransform.Quantile(u[lane]), x[lane]);
            }
        }
    }

    [Fact]
    public void Uniform_numbers_are_odd_multiples_of_the_half_step_and_never_0_or_1()
    {
        Assert.Equal(Math.Pow(2, -53), NormalTransform.Uniform(0));
        Assert.Equal(Math.Pow(2, -53), NormalTransform.Uniform((1UL << 12) - 1));
        Assert.Equal(3 * Math.Pow(2, -53), NormalTransform.Uniform(1UL << 12));
        Assert.Equal(1 - Math.Pow(2, -53), NormalTransform.Uniform(ulong.MaxValue));
        Assert.Equal(0.5 + Math.Pow(2, -53), NormalTransform.Uniform(1UL << 63));
    }

    [Fact]
    public void No_noise_is_beyond_8_21_sigma() =>
        Assert.Equal(8.209536151601387, NormalTransform.Quantile(NormalTransform.Uniform(ulong.MaxValue)), 1e-14);

    /// <summary>The test vectors of docs/formats.md; the uniform numbers follow from Random123's words, the quantiles were checked
    /// with an independent library.</summary>
    [Theory]
    [MemberData(nameof(NoiseVectors.Cases), MemberType = typeof(NoiseVectors))]
    public void The_published_noise_vectors_stand(NoiseVector vector)
    {
        float[] noisy = new float[vector.Bits.Length];
        var image = new float[noisy.Length];
        Array.Fill(image, vector.Pixel / 255f);
        new NoiseSource(vector.Seed, vector.Kind).AddNoise(
            image, vector.ImageId, vector.Phase, vector.Draw, vector.Sigma, noisy);
        Assert.Equal(vector.Bits, noisy.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Every_part_of_the_key_changes_the_noise()
    {
        float[] reference = Noise(Source, 3, NoisePhase.Estimation, 5);
        Assert.Equal(reference, Noise(new NoiseSource(Source.Seed), 3, NoisePhase.Estimation, 5));
        float[][] others =
        [
            Noise(new NoiseSource(Source.Seed + 1), 3, NoisePhase.Estimation, 5),
            Noise(new NoiseSource(Source.Seed ^ (1UL << 63)), 3, NoisePhase.Estimation, 5),
            Noise(Source, 4, NoisePhase.Estimation, 5),
            Noise(Source, 3, NoisePhase.Selection, 5),
            Noise(Source, 3, NoisePhase.Prediction, 5),
            Noise(Source, 3, NoisePhase.Estimation, 6),
        ];
        Assert.All(others, other => Assert.All(reference.Zip(other), pair => Assert.NotEqual(pair.First, pair.Second)));
    }

    [Fact]
    public void Noise_scales_with_sigma_and_is_added_without_clipping()
    {
        float[] image = Image(4096);
        float[] noisy = new float[image.Length];
        Source.AddNoise(image, 0, NoisePhase.Estimation, 0, 2.0, noisy);
        float[] unit = Noise(Source, 0, NoisePhase.Estimation, 0, 4096);
        Assert.All(Enumerable.Range(0, image.Length), i => Assert.Equal(image[i] + (2 * unit[i]), noisy[i], 1e-5f));
        Assert.Contains(noisy, value => value < -1);
        Assert.Contains(noisy, value => value > 2);
    }

    /// <summary>False alarm at most 1e-6 by the Dvoretzky-Kiefer-Wolfowitz inequality in Massart's form.</summary>
    [Fact]
    public void The_noise_follows_the_normal_distribution_to_the_reach_of_a_million_numbers()
    {
        double[] sample = Sample(325, 3072);
        Array.Sort(sample);
        double distance = 0;
        for (int i = 0; i < sample.Length; i++)
        {
            double p = NormalDistribution.Cdf(sample[i]);
            distance = Math.Max(distance, Math.Max(p - ((double)i / sample.Length), ((i + 1.0) / sample.Length) - p));
        }

        Assert.True(distance <= Math.Sqrt(Math.Log(2 / 1e-6) / (2 * sample.Length)), $"distance {distance}");
    }

    /// <summary>Each moment's standard error is known; 5.2 of them give a false alarm of about 2e-7 each.</summary>
    [Fact]
    public void The_first_four_moments_are_those_of_the_normal_distribution()
    {
        double[] sample = Sample(325, 3072);
        double n = sample.Length;
        Assert.InRange(sample.Average(), -5.2 * Math.Sqrt(1 / n), 5.2 * Math.Sqrt(1 / n));
        Assert.InRange(sample.Average(x => x * x) - 1, -5.2 * Math.Sqrt(2 / n), 5.2 * Math.Sqrt(2 / n));
        Assert.InRange(sample.Average(x => x * x * x), -5.2 * Math.Sqrt(15 / n), 5.2 * Math.Sqrt(15 / n));
        Assert.InRange(sample.Average(x => x * x * x * x) - 3, -5.2 * Math.Sqrt(96 / n), 5.2 * Math.Sqrt(96 / n));
    }

    /// <summary>Exact binomial tails of the counts; false alarm at most 2e-6 per level.</summary>
    [Theory]
    [InlineData(2.0)]
    [InlineData(3.0)]
    [InlineData(4.0)]
    [InlineData(4.75)]
    public void The_tails_hold_as_many_numbers_as_they_should(double reach)
    {
        double[] sample = Sample(325, 3072);
        int beyond = sample.Count(x => Math.Abs(x) > reach);
        double p = 2 * NormalDistribution.UpperTail(reach);
        Assert.True(BinomialTail.AtLeast(beyond, sample.Length, p).Value >= 1e-6, $"{beyond} are too many");
        Assert.True(BinomialTail.AtMost(beyond, sample.Length, p).Value >= 1e-6, $"{beyond} are too few");
    }

    /// <summary>A correlation of independent numbers has standard error 1/sqrt(N); 5.2 of them give a false alarm of about 2e-7
    /// each. Squares would show dependence that signs hide.</summary>
    [Theory]
    [InlineData("draws")]
    [InlineData("images")]
    [InlineData("phases")]
    [InlineData("seeds")]
    [InlineData("pixels")]
    public void Neighbours_in_every_part_of_the_key_are_uncorrelated(string part)
    {
        const int Draws = 200;
        const int Length = 3072;
        var first = new List<double>();
        var second = new List<double>();
        for (int draw = 0; draw < Draws; draw++)
        {
            float[] noise = Noise(Source, 0, NoisePhase.Estimation, 2 * draw, Length);
            float[] neighbour = part switch
            {
                "draws" => Noise(Source, 0, NoisePhase.Estimation, (2 * draw) + 1, Length),
                "images" => Noise(Source, 1, NoisePhase.Estimation, 2 * draw, Length),
                "phases" => Noise(Source, 0, NoisePhase.Selection, 2 * draw, Length),
                "seeds" => Noise(new NoiseSource(Source.Seed + 1), 0, NoisePhase.Estimation, 2 * draw, Length),
                _ => [.. noise[1..], noise[0]],
            };
            first.AddRange(noise.Select(x => (double)x));
            second.AddRange(neighbour.Select(x => (double)x));
        }

        double limit = 5.2 / Math.Sqrt(first.Count);
        Assert.InRange(first.Zip(second, (a, b) => a * b).Average(), -limit, limit);
        Assert.InRange(first.Zip(second, (a, b) => ((a * a) - 1) * ((b * b) - 1) / 2).Average(), -limit, limit);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        float[] image = Image(16);
        float[] noisy = new float[16];
        Assert.Throws<ArgumentOutOfRangeException>(() => Source.AddNoise(image, 0, NoisePhase.Estimation, 0, 0, noisy));
        Assert.Throws<ArgumentOutOfRangeException>(() => Source.AddNoise(image, 0, NoisePhase.Estimation, 0, -1, noisy));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Source.AddNoise(image, 0, NoisePhase.Estimation, 0, double.NaN, noisy));
        Assert.Throws<ArgumentOutOfRangeException>(() => Source.AddNoise(image, -1, NoisePhase.Estimation, 0, 1, noisy));
        Assert.Throws<ArgumentOutOfRangeException>(() => Source.AddNoise(image, 0, NoisePhase.Estimation, -1, 1, noisy));
        Assert.Throws<ArgumentException>(() => Source.AddNoise(image, 0, NoisePhase.Estimation, 0, 1, noisy.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoiseSource(0, (NoiseKind)7));
    }

    private static float[] Image(int length) => [.. Enumerable.Range(0, length).Select(i => (i * 37 % 256) / 255f)];

    private static float[] Noise(NoiseSource source, int imageId, NoisePhase phase, int draw, int length = 64)
    {
        float[] noisy = new float[length];
        source.AddNoise(new float[length], imageId, phase, draw, 1.0, noisy);
        return noisy;
    }

    private static double[] Sample(int draws, int length) =>
        [.. Enumerable.Range(0, draws).SelectMany(draw => Noise(Source, 0, NoisePhase.Estimation, draw, length)).Select(x => (double)x)];
}
