using CertiPure.Torch.Purifiers;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class NetworkSpaceTests
{
    [Fact]
    public void Black_is_minus_one_and_white_is_one()
    {
        using Tensor network = NetworkSpace.FromPixels(tensor((float[])[0f, 0.5f, 1f, 1.5f]));
        Assert.Equal([-1f, 0f, 1f, 2f], network.data<float>().ToArray());
        using Tensor pixels = NetworkSpace.ToPixels(network);
        Assert.Equal([0f, 0.5f, 1f, 1.5f], pixels.data<float>().ToArray());
    }

    [Fact]
    public void Conversions_leave_their_argument_as_it_is()
    {
        using Tensor pixels = ones(3);
        NetworkSpace.FromPixels(pixels).Dispose();
        NetworkSpace.ToPixels(pixels).Dispose();
        Assert.Equal([1f, 1f, 1f], pixels.data<float>().ToArray());
    }

    [Fact]
    public void The_exact_level_is_twice_sigma_and_the_nearest_one_a_karras_level()
    {
        Assert.Equal(1, NetworkSpace.Level(0.5, NoiseLevelRule.Exact));
        Assert.Equal(1.0882, NetworkSpace.Level(0.5, NoiseLevelRule.Nearest), 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_sigma_that_is_no_positive_number_is_refused(double sigma)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkSpace.Level(sigma, NoiseLevelRule.Exact));
    }
}
