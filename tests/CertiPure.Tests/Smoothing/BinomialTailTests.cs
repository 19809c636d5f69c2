using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class BinomialTailTests
{
    [Fact]
    public void The_true_tail_lies_between_the_lowest_and_the_highest_in_exact_arithmetic()
    {
        var random = new Random(9);
        for (int trial = 0; trial < 150; trial++)
        {
            int n = random.Next(1, 150);
            int k = random.Next(1, n + 1);
            double p = trial % 3 == 0 ? random.NextDouble() : Math.Clamp(((double)k / n) - (random.NextDouble() * 0.2), 1e-6, 1 - 1e-9);
            BinomialTail tail = BinomialTail.AtLeast(k, n, p);
            Assert.True(ExactBinomial.IsAtMost(k, n, p, tail.Highest), $"{k} of {n}, {p:R}");
            Assert.True(
                tail.Lowest <= BinomialTail.Smallest || !ExactBinomial.IsAtMost(k, n, p, Math.BitDecrement(tail.Lowest)),
                $"{k} of {n}, {p:R}");
        }
    }

    [Fact]
    public void The_error_bound_is_small_where_certificates_need_it()
    {
        Assert.True(BinomialTail.AtLeast(9_900, 10_000, 0.9865).RelativeError < 1e-11);
        Assert.True(BinomialTail.AtLeast(600_000, 1_000_000, 0.598).RelativeError < 1e-10);
    }

    [Theory]
    [InlineData(10, 0.3)]
    [InlineData(57, 0.5)]
    [InlineData(1000, 0.999)]
    public void Masses_sum_to_one_and_tails_complement_each_other(int n, double p)
    {
        Assert.Equal(1, Enumerable.Range(0, n + 1).Sum(k => BinomialTail.Exactly(k, n, p).Value), 1e-12);
        for (int k = 0; k < n; k++)
        {
            Assert.Equal(1, BinomialTail.AtMost(k, n, p).Value + BinomialTail.AtLeast(k + 1, n, p).Value, 1e-12);
        }
    }

    [Fact]
    public void The_ends_are_certain()
    {
        Assert.Equal(1, BinomialTail.AtLeast(0, 10, 0.5).Value);
        Assert.Equal(1, BinomialTail.AtMost(10, 10, 0.5).Value);
        Assert.Equal(Math.Pow(0.5, 10), BinomialTail.AtLeast(10, 10, 0.5).Value, 1e-18);
        Assert.Equal(Math.Pow(0.5, 10), BinomialTail.AtMost(0, 10, 0.5).Value, 1e-18);
    }
}
