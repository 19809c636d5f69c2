using System.Diagnostics;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Checkpoints;

/// <summary>Weights that leave this project: loaded by independent code in PyTorch (<c>PyTorch/reference.py</c>), and by this project's own
/// reader of diffusers' folders.</summary>
public sealed class ConversionToPyTorchTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cifar10-small", "edm")]
    [InlineData("fashion-mnist", "edm")]
    [InlineData("cifar10-small", "classifier")]
    [InlineData("fashion-mnist", "classifier")]
    public void A_bundled_network_loads_in_PyTorch_and_gives_the_same_outputs(string model, string file) =>
        Compare(Path.Combine(RepositoryFolder(AppContext.BaseDirectory), "models", model, $"{file}.safetensors"));

    [Fact]
    public void A_network_of_several_resolutions_loads_with_its_filters()
    {
        const string Arguments = """
            {"img_resolution":16,"img_channels":3,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8],"dropout":0}
            """;
        Compare(Saved("SongUNet", Arguments, new EdmPreconditioning()));
    }

    [Theory]
    [InlineData("ConsistencyUNet", "consistency", """
        {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_head_channels":16,
         "resblock_updown":true}
        """)]
    [InlineData("GuidedDiffusionUNet", "linear", """
        {"image_size":16,"num_channels":32,"num_res_blocks":2,"channel_mult":[1,1,2],"attention_resolutions":[8,4],"num_head_channels":16,
         "resblock_updown":true,"out_channels":6}
        """)]
    [InlineData("GuidedDiffusionUNet", "linear", """
        {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_heads":2,
         "use_new_attention_order":true,"use_scale_shift_norm":false}
        """)]
    [InlineData("UNet2DModel", "edm", """
        {"sample_size":16,"block_out_channels":[32,64],"layers_per_block":1,"attention_head_dim":16,"downsample_padding":0,"freq_shift":1,
         "flip_sin_to_cos":false,"down_block_types":["DownBlock2D","AttnDownBlock2D"],"up_block_types":["AttnUpBlock2D","UpBlock2D"]}
        """)]
    public void A_network_that_diffusers_can_express_comes_back_from_its_folder_as_it_was(string architecture, string preconditioning, string arguments)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Preconditioning own = preconditioning == "linear"
            ? new DdpmPreconditioning { Options = new DiffusionOptions() }
            : Preconditioning.Named(preconditioning);
        string source = Saved(architecture, arguments, own);
        CheckpointConversion.Convert(source, _folder["pipeline"], new ConversionOptions { Form = ConversionForm.Diffusers });
        using Denoiser before = PurifierCheckpoint.Load(source), after = PurifierCheckpoint.Load(_folder["pipeline"]);
        Assert.IsType<UNet2DModel>(after.Network);
        Assert.Equal(own.Metadata, after.Preconditioning.Metadata);
        before.eval();
        after.eval();
        Tensor noisy = randn(2, 3, 16, 16), levels = tensor((float[])[0.5f, 2f]);
        AssertAgree(before.Denoise(noisy, levels), after.Denoise(noisy, levels));
    }

    [Theory]
    [InlineData("SongUNet", "edm", """{"img_resolution":8,"img_channels":3,"model_channels":8,"channel_mult":[1],"num_blocks":1}""", "a SongUNet")]
    [InlineData("ImprovedDiffusionUNet", "ddpm", """
        {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,1],"attention_resolutions":[8]}
        """, "its time input is the step rescaled")]
    [InlineData("GuidedDiffusionUNet", "linear", """
        {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[16,8],"num_heads":2,"resblock_updown":true}
        """, "a fixed number of heads")]
    [InlineData("GuidedDiffusionUNet", "linear", """
        {"image_size":16,"num_channels":64,"num_res_blocks":1,"channel_mult":[0.5,1],"attention_resolutions":[8],"num_head_channels":32,"resblock_updown":true}
        """, "other channels than its time embedding")]
    [InlineData("ConsistencyUNet", "edm", """
        {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_head_channels":16,"resblock_updown":true}
        """, "its time input is scaled by 1000")]
    public void A_network_that_diffusers_cannot_express_is_refused_by_name(string architecture, string preconditioning, string arguments, string words)
    {
        Preconditioning own = preconditioning == "linear"
            ? new DdpmPreconditioning { Options = new DiffusionOptions() }
            : Preconditioning.Named(preconditioning);
        string source = Saved(architecture, arguments, own);
        var refusal = Assert.Throws<CertiPureException>(() => CheckpointConversion.Convert(
            source, _folder["pipeline"], new ConversionOptions { Form = ConversionForm.Diffusers }));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["pipeline"]));
    }

    private void Compare(string source)
    {
        Assert.SkipUnless(Python("-c", "import torch, numpy") is null, "The system's python3 has no PyTorch.");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        string converted = _folder["converted.safetensors"], output = _folder["output"];
        CheckpointConversion.Convert(source, converted, new ConversionOptions { Form = ConversionForm.PyTorch });
        using Checkpoint checkpoint = CheckpointReader.Open(source);
        using var generator = new Generator(17);
        Tensor expected;
        Tensor images;
        Tensor levels = tensor((float[])[0.4f, 1.1f, 2.3f]);
        if (checkpoint.Metadata.ContainsKey("preconditioning"))
        {
            using Denoiser denoiser = PurifierCheckpoint.Load(source);
            denoiser.eval();
            images = randn([3, denoiser.Network.Shape.Channels, denoiser.Network.Shape.Height, denoiser.Network.Shape.Width], generator: generator);
            expected = denoiser.Denoise(images, levels);
        }
        else
        {
            using TorchClassifier classifier = ClassifierCheckpoint.Load(source);
            images = randn([3, classifier.Shape.Channels, classifier.Shape.Height, classifier.Shape.Width], generator: generator);
            expected = classifier.Logits(images);
        }

        SafeTensors.Write(_folder["inputs.safetensors"], new Checkpoint(
            [ModuleState.ToCheckpointTensor("x", images), ModuleState.ToCheckpointTensor("t", levels)]));
        string script = Path.Combine(RepositoryFolder(AppContext.BaseDirectory), "tests", "CertiPure.Torch.Tests", "PyTorch", "reference.py");
        Assert.Null(Python(script, converted, _folder["inputs.safetensors"], output));
        float[] computed = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
        AssertAgree(expected, tensor(computed).reshape(expected.shape));
    }

    private static void AssertAgree(Tensor expected, Tensor computed)
    {
        double largest = expected.abs().max().item<float>();
        Assert.InRange(largest, 1e-2, double.MaxValue);
        Assert.InRange((expected - computed).abs().max().item<float>() / largest, 0, Tolerance);
    }

    private string Saved(string architecture, string arguments, Preconditioning preconditioning)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var network = Architecture.Named(architecture).Create<DiffusionNetwork>(arguments);
        FreshWeights.Draw(network, 3);
        using var generator = new Generator(4);
        foreach (Tensor parameter in network.parameters())
        {
            parameter.add_(randn(parameter.shape, generator: generator) * 0.05);
        }

        string path = _folder["own.safetensors"];
        SafeTensors.Write(path, ModuleState.Capture(network, PurifierCheckpoint.Metadata(architecture, arguments, preconditioning)));
        return path;
    }

    /// <summary>Runs the system's Python, which may have PyTorch where one that comes first on the path has not.</summary>
    /// <returns>What it wrote to its error stream; null where it succeeded.</returns>
    private static string? Python(params string[] arguments)
    {
        const string Interpreter = "/usr/bin/python3";
        if (!File.Exists(Interpreter))
        {
            return $"{Interpreter} does not exist.";
        }

        var start = new ProcessStartInfo(Interpreter, arguments) { RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : errors;
    }

    private static string RepositoryFolder(string folder) =>
        File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : RepositoryFolder(Path.GetDirectoryName(folder)!);
}
