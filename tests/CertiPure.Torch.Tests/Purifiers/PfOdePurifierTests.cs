using CertiPure.Images;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class PfOdePurifierTests
{
    [Theory]
    [InlineData(0.25, 13)]
    [InlineData(0.5, 15)]
    [InlineData(1.0, 17)]
    public void It_calls_its_network_as_often_as_the_published_code(double sigma, int calls)
    {
        foreach (NoiseLevelRule rule in Enum.GetValues<NoiseLevelRule>())
        {
            var network = new CountingNetwork();
            using var purifier = new PfOdePurifier(new Denoiser(network, new EdmPreconditioning()), rule);
            purifier.Purify(SmallNetworks.NoisyImages(2), sigma);
            Assert.Equal(calls, network.Levels.Count);
            Assert.Equal(calls, purifier.NetworkCalls(sigma));
            Assert.Equal(Math.Log(NetworkSpace.Level(sigma, rule)) / 4, network.Levels[0], 5);
            Assert.Equal(Math.Log(0.002) / 4, network.Levels[^1], 5);
        }
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void It_follows_the_closed_solution_for_normal_data(double sigma)
    {
        using var purifier = new PfOdePurifier(new Denoiser(new CountingNetwork(), new EdmPreconditioning()));
        ImageBatch noisy = SmallNetworks.NoisyImages(1);
        ImageBatch purified = purifier.Purify(noisy, sigma);

        // dy/dt = y t / (t^2 + 1/4), so y(0) = y(t) / sqrt(1 + 4 t^2). Heun's steps come within 5.5 % of it on this grid, Euler's
        // are 8 to 15 % off.
        double t = 2 * sigma;
        for (int i = 0; i < noisy.Pixels.Length; i++)
        {
            double y = (2 * (double)noisy.Pixels.Span[i]) - 1;
            double expected = y / Math.Sqrt(1 + (4 * t * t));
            double computed = (2 * (double)purified.Pixels.Span[i]) - 1;
            Assert.Equal(expected, computed, 1e-5 + (0.055 * Math.Abs(expected)));
        }
    }

    [Fact]
    public void A_consistency_models_weights_are_refused()
    {
        using var denoiser = new Denoiser(new CountingNetwork(), new ConsistencyPreconditioning());
        Assert.Throws<CertiPureException>(() => new PfOdePurifier(denoiser));
    }
}
