using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class PreconditioningTests
{
    [Fact]
    public void Edm_scalings_keep_the_networks_input_and_target_at_unit_variance()
    {
        foreach (float t in (float[])[0.01f, 0.5f, 1f, 2f, 80f])
        {
            (double skip, double output, double input, double noise) = Numbers(new EdmPreconditioning(), t);
            double dataVariance = 0.25, noisyVariance = dataVariance + ((double)t * t);
            Assert.Equal(1, input * input * noisyVariance, 5);
            double targetVariance = (dataVariance * (1 - skip) * (1 - skip)) + (skip * skip * t * t);
            Assert.Equal(1, targetVariance / (output * output), 4);
            Assert.Equal(Math.Log(t) / 4, noise, 5);
        }
    }

    [Fact]
    public void Consistency_scalings_are_the_identity_at_the_smallest_level()
    {
        foreach (double minimum in (double[])[0.002, 0.003])
        {
            (double skip, double output, _, _) =
                Numbers(new ConsistencyPreconditioning { MinimumLevel = minimum }, (float)minimum);
            Assert.Equal(1, skip, 6);
            Assert.Equal(0, output, 6);
        }
    }

    // Song et al. 2021 with beta from 0.1 to 20: the noise at a time from 0 to 1, relative to the image, and 1000 steps counted from 0.
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Vp_gives_the_network_the_step_at_which_its_process_has_the_level(double time)
    {
        double level = Math.Sqrt(Math.Exp((0.1 * time) + ((20 - 0.1) / 2 * time * time)) - 1);
        (double skip, double output, double input, double noise) = Numbers(new VpPreconditioning(), (float)level);
        Assert.Equal(999 * time, noise, 0.2 * time);
        Assert.Equal((1, -(double)(float)level), (skip, output));
        Assert.Equal(1 / Math.Sqrt(1 + (level * level)), input, 1e-6);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(2)]
    [InlineData(100)]
    public void Ve_gives_the_network_the_logarithm_of_half_the_level(double level)
    {
        (double skip, double output, double input, double noise) = Numbers(new VePreconditioning(), (float)level);
        Assert.Equal((1, (double)(float)level, 1), (skip, output, input));
        Assert.Equal(Math.Log(level / 2), noise, 1e-5);
    }

    [Fact]
    public void Every_name_gives_the_preconditioning_of_that_name()
    {
        foreach (string name in (string[])["edm", "consistency", "vp", "ve"])
        {
            Assert.Equal(name, Preconditioning.Named(name).Name);
        }

        Assert.Throws<CertiPureException>(() => Preconditioning.Named("ddim"));
    }

    private static (double Skip, double Output, double Input, double Noise) Numbers(Preconditioning preconditioning, float t)
    {
        Scalings scalings = preconditioning.At(tensor([t]));
        return (scalings.Skip.item<float>(), scalings.Output.item<float>(), scalings.Input.item<float>(),
            scalings.Noise.item<float>());
    }
}
