using System.Runtime.Intrinsics;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class ElementaryFunctionsTests
{
    /// <summary>The system library's functions err by at most one unit in the last place, 2^-52; ours by 2^-51.</summary>
    private const double Tolerance = 3.0 / (1L << 52);

    [Fact]
    public void The_logarithm_keeps_its_relative_error()
    {
        var random = new Random(2);
        for (int i = 0; i < 200_000; i++)
        {
            double x = i < 100_000 ? 1 + (random.NextDouble() - 0.5) : Math.Pow(2, (random.NextDouble() * 2000) - 1000);
            double expected = Math.Log(x);
            Assert.True(
                Math.Abs(ElementaryFunctions.Log(x) - expected) <= Tolerance * Math.Abs(expected), $"ln {x:R}");
        }
    }

    [Fact]
    public void The_exponential_keeps_its_relative_error()
    {
        var random = new Random(3);
        for (int i = 0; i < 200_000; i++)
        {
            double x = i < 100_000 ? random.NextDouble() - 0.5 : (random.NextDouble() * 1400) - 700;
            double expected = Math.Exp(x);
            Assert.True(Math.Abs(ElementaryFunctions.Exp(x) - expected) <= Tolerance * expected, $"exp {x:R}");
        }
    }

    [Fact]
    public void The_vector_logarithm_gives_the_scalar_bits()
    {
        var random = new Random(4);
        for (int i = 0; i < 100_000; i++)
        {
            Vector256<double> x = Vector256.Create(
                random.NextDouble(), Math.Pow(2, -random.Next(1, 54)), random.NextDouble() * 0.1, 1 - random.NextDouble());
            Vector256<double> logarithms = ElementaryFunctions.Log(x);
            for (int lane = 0; lane < 4; lane++)
            {
                Assert.Equal(
                    BitConverter.DoubleToInt64Bits(ElementaryFunctions.Log(x[lane])),
                    BitConverter.DoubleToInt64Bits(logarithms[lane]));
            }
        }
    }

    [Fact]
    public void Powers_of_two_and_one_are_as_exact_as_can_be()
    {
        Assert.Equal(0, ElementaryFunctions.Log(1));
        Assert.Equal(1, ElementaryFunctions.Exp(0));
        Assert.Equal(Math.Log(2), ElementaryFunctions.Log(2));
        Assert.Equal(0, ElementaryFunctions.Exp(-1000));
    }
}
