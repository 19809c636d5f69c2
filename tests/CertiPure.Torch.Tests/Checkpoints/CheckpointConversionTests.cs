using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Checkpoints;

public sealed class CheckpointConversionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_published_classifier_becomes_a_file_that_needs_no_options()
    {
        string source = TestData.Path("classifiers", "resnet20-12fca82f.th");
        IReadOnlyDictionary<string, string> metadata = CheckpointConversion.Convert(source, folder["c.safetensors"]);
        using Checkpoint before = CheckpointReader.Open(source);
        using Checkpoint after = CheckpointReader.Open(folder["c.safetensors"]);
        Assert.Equal("CifarResNet", after.Metadata["architecture"]);
        Assert.Equal(metadata.OrderBy(pair => pair.Key), after.Metadata.OrderBy(pair => pair.Key));
        Assert.Equal("0.229,0.224,0.225", after.Metadata["std"]);
        Assert.Equal($"resnet20-12fca82f.th {before.Sha256()}", after.Metadata["source"]);
        Assert.All(before.Tensors, tensor => Assert.Equal(tensor.ToBytes(), after[tensor.Name].ToBytes()));
    }

    [Fact]
    public void Half_precision_halves_the_file()
    {
        string source = TestData.Path("classifiers", "resnet20-12fca82f.th");
        CheckpointConversion.Convert(source, folder["whole"]);
        CheckpointConversion.Convert(source, folder["half"], new ConversionOptions { FloatingPoint = ElementType.Float16 });
        Assert.InRange((double)new FileInfo(folder["half"]).Length / new FileInfo(folder["whole"]).Length, 0.45, 0.55);
    }

    [Fact]
    public void A_diffusion_model_without_its_preconditioning_is_refused_until_that_is_said()
    {
        using Fixture fixture = Find("edm-ddpmpp-small");
        string source = Path.Combine(fixture.Folder, "weights.pt");
        Refusal.Of(() => CheckpointConversion.Convert(source, folder["x"]), source, "its preconditioning is edm");
        Assert.Empty(Directory.GetFiles(folder.Path));
        CheckpointConversion.Convert(source, folder["x"], new ConversionOptions { Preconditioning = "edm" });
        using Checkpoint after = SafeTensors.Read(folder["x"]);
        Assert.Equal("edm", after.Metadata["preconditioning"]);
        using DiffusionNetwork network = Architecture.Named("SongUNet").Create<DiffusionNetwork>(after.Metadata["arguments"]);
        using var denoiser = new Denoiser(network, new EdmPreconditioning());
        CheckpointLoader.Load(denoiser, after, name => name.EndsWith("resample_filter", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flax_checkpoint_is_mapped_to_the_names_and_layouts_of_SongUNet()
    {
        using Fixture fixture = Find("cm-jax-small");
        string source = Path.Combine(fixture.Folder, "checkpoint_1");
        var options = new ConversionOptions
        {
            Preconditioning = "consistency",
            Arguments = """
                {"img_resolution":16,"img_channels":3,"model_channels":16,"channel_mult":[1,2],"channel_mult_noise":2,"num_blocks":1,
                 "attn_resolutions":[8],"embedding_type":"fourier","encoder_type":"residual","resample_filter":[1,3,3,1]}
                """,
        };
        CheckpointConversion.Convert(source, folder["x"], options);
        using Checkpoint after = SafeTensors.Read(folder["x"]);
        Assert.Equal([64L, 32], after["map_layer0.weight"].Shape);
        Assert.Equal("consistency", after.Metadata["preconditioning"]);
        Assert.DoesNotContain('\n', after.Metadata["arguments"]);
        Refusal.Of(() => CheckpointConversion.Convert(source, folder["y"], options with { Arguments = null }), source, "do not determine the arguments");
    }

    [Fact]
    public void An_unknown_network_is_refused_until_its_architecture_is_said()
    {
        SafeTensors.Write(folder["x"], new Checkpoint([CheckpointTensor.FromSingles("w", [1], [1])]));
        Refusal.Of(() => CheckpointConversion.Convert(folder["x"], folder["y"]), folder["x"], "is of no known architecture");
    }

    [Fact]
    public void A_network_that_does_not_fit_the_said_architecture_is_refused_and_nothing_is_written()
    {
        SafeTensors.Write(folder["x"], new Checkpoint([CheckpointTensor.FromSingles("w", [1], [1])]));
        var options = new ConversionOptions { Architecture = "CifarResNet", Arguments = """{"depth":20}""" };
        Refusal.Of(() => CheckpointConversion.Convert(folder["x"], folder["y"], options), folder["x"], "does not fit");
        Assert.False(File.Exists(folder["y"]));
    }

    [Fact]
    public void Inspection_tells_form_network_counts_and_hash()
    {
        string source = TestData.Path("classifiers", "resnet56-4bfd9763.th");
        CheckpointInspection inspection = CheckpointInspection.Of(source);
        Assert.Equal(CheckpointFormat.PyTorchLegacy, inspection.Format);
        Assert.Equal("state_dict", inspection.Section);
        Assert.Equal("CifarResNet", inspection.Network?.Architecture);
        Assert.Equal(857082, inspection.ElementCount);
        Assert.Equal(ElementType.Float32, Assert.Single(inspection.ElementTypes).Key);
        Assert.Equal(277, inspection.Tensors.Count);
        Assert.StartsWith("4bfd9763", inspection.Sha256, StringComparison.Ordinal);
    }

    private static Fixture Find(string name)
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_FIXTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_FIXTURES names no folder of fixtures.");
        string path = Path.Combine(root!, name);
        Assert.SkipUnless(Directory.Exists(path), $"{path} does not exist.");
        return new Fixture(path);
    }
}
