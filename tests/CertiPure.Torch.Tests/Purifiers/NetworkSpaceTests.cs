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

    [Theory]
    [InlineData(0.5, 1.0)]
    [InlineData(0.25, 0.5853)]
    [InlineData(1.0, 1.9233)]
    [InlineData(40, 80)]
    public void A_level_near_to_the_noise_passes(double sigma, double told) => NetworkSpace.CheckLevel(sigma, told);

    [Theory]
    [InlineData(0.0009, 0.0018, "0.002 to 80")]
    [InlineData(41, 82, "0.002 to 80")]
    [InlineData(0.5, 0.5 - 1e-9, "take the exact level")]
    [InlineData(0.5, 1.6, "take the exact level")]
    public void A_level_that_is_not_the_noise_s_is_refused(double sigma, double told, string says)
    {
        CertiPureException error = Assert.Throws<CertiPureException>(() => NetworkSpace.CheckLevel(sigma, told));
        Assert.Equal(says.StartsWith("take", StringComparison.Ordinal) ? ErrorReason.LevelNotExact : ErrorReason.Refused, error.Reason);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }
}
