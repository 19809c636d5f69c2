using CertiPure.Images;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class DdpmPurifierTests
{
    [Theory]
    [InlineData(0.25, 1158)]
    [InlineData(0.5, 1984)]
    [InlineData(1.0, 2809)]
    public void It_asks_its_network_once_at_the_published_step(double sigma, int step)
    {
        var network = new CountingNetwork();
        using var purifier = new DdpmPurifier(new Denoiser(network, new DdpmPreconditioning()));
        purifier.Purify(SmallNetworks.NoisyImages(2), sigma);
        Assert.Equal(step * 1000f / 4000, Assert.Single(network.Levels), 3);
        Assert.Equal(1, purifier.NetworkCalls(sigma));
    }

    [Fact]
    public void It_subtracts_the_scaled_noise_and_clips()
    {
        using var purifier = new DdpmPurifier(new Denoiser(new CountingNetwork(0.5f), new DdpmPreconditioning()));
        ImageBatch noisy = SmallNetworks.NoisyImages(2);
        ImageBatch purified = purifier.Purify(noisy, 0.5);
        var schedule = DiffusionSchedule.Cosine();
        double ratio = schedule.NoiseLevel(1984);
        for (int i = 0; i < noisy.Pixels.Length; i++)
        {
            double restored = Math.Clamp((2 * (double)noisy.Pixels.Span[i]) - 1 - (0.5 * ratio), -1, 1);
            Assert.Equal((restored + 1) / 2, purified.Pixels.Span[i], 1e-5);
        }
    }

    [Fact]
    public void Weights_of_another_method_are_refused()
    {
        using var denoiser = new Denoiser(new CountingNetwork(), new EdmPreconditioning());
        var exception = Assert.Throws<CertiPureException>(() => new DdpmPurifier(denoiser));
        Assert.Contains("edm", exception.Message, StringComparison.Ordinal);
    }
}
