using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class PurifierMethodTests
{
    [Fact]
    public void Every_name_makes_the_purifier_of_that_name()
    {
        foreach (string name in PurifierMethod.Names)
        {
            string preconditioning = name is "ddpm" or "consistency" ? name : "edm";
            var denoiser = new Denoiser(new CountingNetwork(), Preconditioning.Named(preconditioning));
            using TorchPurifier purifier = PurifierMethod.Create(name, denoiser);
            Assert.Equal(name, purifier.Method);
        }
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        using var denoiser = new Denoiser(new CountingNetwork(), new EdmPreconditioning());
        var exception = Assert.Throws<CertiPureException>(() => PurifierMethod.Create("ddim", denoiser));
        Assert.Contains("consistency", exception.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.InvalidArgument, exception.Reason);
    }
}
