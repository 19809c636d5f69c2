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
