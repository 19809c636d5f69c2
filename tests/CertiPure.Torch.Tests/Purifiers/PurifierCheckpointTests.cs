using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class PurifierCheckpointTests
{
    private static readonly IReadOnlyDictionary<string, string> Metadata = PurifierCheckpoint.Metadata(
        "SongUNet", ArchitectureArguments.Write(SmallNetworks.UNet), new ConsistencyPreconditioning());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_written_denoiser_purifies_as_before(bool bareNetwork)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "consistency.safetensors");
        Denoiser denoiser = SmallNetworks.Denoiser(new ConsistencyPreconditioning());
        SafeTensors.Write(path, ModuleState.Capture(bareNetwork ? denoiser.Network : denoiser, Metadata));
        using var original = new ConsistencyPurifier(denoiser);
        using var loaded = new ConsistencyPurifier(PurifierCheckpoint.Load(path));
        ImageBatch noisy = SmallNetworks.NoisyImages(2);
        Assert.Equal(original.Purify(noisy, 0.25).Pixels.ToArray(), loaded.Purify(noisy, 0.25).Pixels.ToArray());
    }

    [Theory]
    [InlineData("architecture")]
    [InlineData("arguments")]
    [InlineData("preconditioning")]
    public void A_file_that_does_not_describe_its_network_is_refused(string missing)
    {
        using Denoiser denoiser = SmallNetworks.Denoiser(new ConsistencyPreconditioning());
        var incomplete = Metadata.Where(pair => pair.Key != missing).ToDictionary();
        var exception = Assert.Throws<CertiPureException>(() => PurifierCheckpoint.Load(ModuleState.Capture(denoiser, incomplete)));
        Assert.Contains(missing, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifiers_architecture_is_refused()
    {
        using Denoiser denoiser = SmallNetworks.Denoiser(new ConsistencyPreconditioning());
        var metadata = new Dictionary<string, string>(Metadata)
        {
            ["architecture"] = "CifarResNet",
            ["arguments"] = ArchitectureArguments.Write(SmallNetworks.ResNet),
        };
        var exception = Assert.Throws<CertiPureException>(() => PurifierCheckpoint.Load(ModuleState.Capture(denoiser, metadata)));
        Assert.Contains("CifarResNet", exception.Message, StringComparison.Ordinal);
    }
}
