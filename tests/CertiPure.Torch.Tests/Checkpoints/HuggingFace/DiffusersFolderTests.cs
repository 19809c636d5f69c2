using System.Text.Json.Nodes;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Checkpoints.Recognition;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Checkpoints.HuggingFace;

/// <summary>Pipelines as diffusers stores them.</summary>
public sealed class DiffusersFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DiffusersFolderTests() => SmallPipeline.Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pipeline_gives_the_network_that_was_saved()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Denoiser denoiser = PurifierCheckpoint.Load(_folder.Path);
        Assert.Equal(new DiffusionOptions(), Assert.IsType<DdpmPreconditioning>(denoiser.Preconditioning).Options);
        using UNet2DModel network = SmallPipeline.Network();
        Tensor images = rand(2, 1, 8, 8), times = tensor((float[])[3, 700]);
        Tensor expected = network.Forward(images, times);
        Assert.True(expected.abs().max().item<float>() > 1e-3);
        Assert.True(expected.allclose(denoiser.Network.Forward(images, times), atol: 1e-6));
    }

    [Fact]
    public void The_model_s_own_folder_a_hub_cache_and_former_names_are_read_as_well()
    {
        PurifierCheckpoint.Load(_folder["unet"]).Dispose();
        string cache = _folder["models--somebody--something"];
        SmallPipeline.Write(Path.Combine(cache, "snapshots", "0123abcd"), former: true);
        PurifierCheckpoint.Load(cache).Dispose();
        SmallPipeline.Write(Path.Combine(cache, "snapshots", "4567cdef"));
        Refusal.Of(() => PurifierCheckpoint.Load(cache), cache, "a hub cache of 2 snapshots");
        Directory.CreateDirectory(Path.Combine(cache, "refs"));
        File.WriteAllText(Path.Combine(cache, "refs", "main"), "4567cdef\n");
        PurifierCheckpoint.Load(cache).Dispose();
    }

    [Fact]
    public void A_pipeline_of_one_folder_is_read()
    {
        string flat = Directory.CreateDirectory(_folder["flat"]).FullName;
        foreach (string file in Directory.GetFiles(_folder["unet"]).Concat(Directory.GetFiles(_folder["scheduler"])).Append(_folder["model_index.json"]))
        {
            File.Copy(file, Path.Combine(flat, Path.GetFileName(file)));
        }

        using Denoiser denoiser = PurifierCheckpoint.Load(flat);
        Assert.Equal("ddpm", denoiser.Preconditioning.Name);
    }

    [Fact]
    public void The_scheduler_belongs_to_the_hash()
    {
        string before = Hash();
        File.WriteAllText(Path.Combine(_folder["scheduler"], "scheduler_config.json"), SmallPipeline.Ddpm.Replace("1000", "999", StringComparison.Ordinal));
        Assert.NotEqual(before, Hash());

        string Hash()
        {
            using Checkpoint checkpoint = CheckpointReader.Open(_folder.Path);
            return checkpoint.Sha256();
        }
    }

    [Theory]
    [InlineData("""{"_class_name": "EDMEulerScheduler", "sigma_data": 0.5}""", "edm", 1)]
    [InlineData("""{"_class_name": "CMStochasticIterativeScheduler", "sigma_min": 0.002}""", "consistency", 1000)]
    [InlineData("""{"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear", "prediction_type": "v_prediction"}""", "ddpm", 1)]
    public void The_scheduler_decides_what_the_network_is(string scheduler, string preconditioning, double timeScale)
    {
        SmallPipeline.Write(_folder.Path, scheduler);
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.Path);
        RecognisedNetwork network = CheckpointArchitecture.Recognise(checkpoint)!;
        Assert.Equal(preconditioning, network.Metadata["preconditioning"]);
        Assert.Equal(timeScale, JsonNode.Parse(network.Arguments!)!["time_scale"]?.GetValue<double>() ?? 1);
    }

    [Theory]
    [InlineData("""{"_class_name": "ScoreSdeVeScheduler"}""", "its scheduler has _class_name ScoreSdeVeScheduler")]
    [InlineData("""{"_class_name": "DDPMScheduler", "beta_schedule": "sigmoid"}""", "sigmoid")]
    [InlineData("""{"_class_name": "DDPMScheduler", "prediction_type": "flow"}""", "flow")]
    [InlineData("""{"_class_name": "DDPMScheduler", "trained_betas": [0.1]}""", "its scheduler has trained_betas")]
    [InlineData("""{"_class_name": "DDPMScheduler", "rescale_betas_zero_snr": true}""", "its scheduler has rescale_betas_zero_snr")]
    [InlineData("""{"_class_name": "DDPMScheduler", "num_train_timesteps": "many"}""", "many")]
    [InlineData("""{"_class_name": "EDMEulerScheduler", "sigma_data": 1}""", "a sigma_data other than 0.5")]
    [InlineData("""{"_class_name": "EDMEulerScheduler", "prediction_type": "v_prediction"}""", "its scheduler has prediction_type v_prediction")]
    [InlineData("""{"_class_name": "CMStochasticIterativeScheduler", "sigma_min": 0.1}""", "a sigma_min other than 0.002")]
    [InlineData("""{"_class_name": "CMStochasticIterativeScheduler", "sigma_min": []}""", "its scheduler has sigma_min []")]
    [InlineData("""{"_class_name": "\u001b[31m"}""", "its scheduler has _class_name null")]
    [InlineData("""{"_class_name": 3}""", "its scheduler has _class_name null")]
    [InlineData("""{"a": 1, "a": 2}""", "not valid JSON text")]
    [InlineData("[]", "it is not a JSON object")]
    public void A_scheduler_that_is_not_known_is_refused_by_name(string scheduler, string words)
    {
        SmallPipeline.Write(_folder.Path, scheduler);
        Refusal.Of(() => PurifierCheckpoint.Load(_folder.Path), _folder.Path, words);
    }

    [Theory]
    [InlineData("sample_size", "2147483647", "sample_size 2147483647")]
    [InlineData("sample_size", "[8, 16]", "UNet2DModel")]
    [InlineData("sample_size", "7", "sample_size 7")]
    [InlineData("block_out_channels", "[65536, 65536]", "does not fit UNet2DModel of its arguments")]
    [InlineData("block_out_channels", "[]", "must be of one length")]
    [InlineData("block_out_channels", "[8, -16]", "sizes must be at least 1")]
    [InlineData("layers_per_block", "2147483647", "does not fit UNet2DModel of its arguments")]
    [InlineData("layers_per_block", "0", "sizes must be at least 1")]
    [InlineData("num_class_embeds", "2000000000", "does not fit UNet2DModel of its arguments")]
    [InlineData("time_embedding_dim", "2000000000", "does not fit UNet2DModel of its arguments")]
    [InlineData("attention_head_dim", "0", "sizes must be at least 1")]
    [InlineData("attention_head_dim", "5", "heads do not divide")]
    [InlineData("norm_num_groups", "7", "normalisation groups do not divide")]
    [InlineData("down_block_types", """["DownBlock2D", "SkipDownBlock2D"]""", "down_block_types SkipDownBlock2D is not supported")]
    [InlineData("up_block_types", """["KUpBlock2D", "UpBlock2D"]""", "up_block_types KUpBlock2D is not supported")]
    [InlineData("time_embedding_type", "\"fourier\"", "time_embedding_type fourier is not supported")]
    [InlineData("mid_block_type", "null", "mid_block_type null is not supported")]
    [InlineData("act_fn", "\"gelu\"", "act_fn gelu is not supported")]
    [InlineData("class_embed_type", "\"timestep\"", "class_embed_type timestep is not supported")]
    [InlineData("center_input_sample", "true", "center_input_sample true is not supported")]
    [InlineData("something_new", "1", "something_new")]
    [InlineData("_class_name", "\"UNet2DConditionModel\"", "diffusers' UNet2DConditionModel")]
    public void An_impossible_or_unsupported_option_is_refused_by_name(string option, string value, string words)
    {
        string path = Path.Combine(_folder["unet"], "config.json");
        JsonObject configuration = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        configuration[option] = JsonNode.Parse(value);
        File.WriteAllText(path, configuration.ToJsonString());
        var refusal = Assert.Throws<CertiPureException>(() => PurifierCheckpoint.Load(_folder.Path));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Refusal.AssertOneSentence(refusal.Message);
    }

    [Fact]
    public void A_missing_or_surplus_tensor_is_named()
    {
        string path = Path.Combine(_folder["unet"], "diffusion_pytorch_model.safetensors");
        byte[] content = File.ReadAllBytes(path);
        using Checkpoint whole = CheckpointReader.Open("whole", content);
        CheckpointTensor[] others = [.. whole.Tensors.Where(tensor => tensor.Name != "conv_in.bias")];
        SafeTensors.Write(path, new Checkpoint(others.Append(CheckpointTensor.FromSingles("loss.weight", [1], [1f]))));
        Refusal.Of(() => PurifierCheckpoint.Load(_folder.Path), _folder.Path, "'loss.weight'");
    }

    [Fact]
    public void A_pipeline_without_a_unet_and_a_file_without_its_configuration_are_refused()
    {
        using Checkpoint file = CheckpointReader.Open(Path.Combine(_folder["unet"], "diffusion_pytorch_model.safetensors"));
        var refusal = Assert.Throws<CertiPureException>(() => CheckpointConversion.Complete(file));
        Assert.Contains("config.json", refusal.Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["model_index.json"], """{"_class_name": "DiTPipeline", "transformer": ["diffusers", "Transformer2DModel"]}""");
        Refusal.Of(() => CheckpointReader.Open(_folder.Path), _folder.Path, "its pipeline, DiTPipeline, has no 'unet'");
    }

    [Fact]
    public void A_folder_that_is_its_own_pipeline_s_model_ends_in_a_refusal()
    {
        string inner = Directory.CreateDirectory(_folder["loop"]).FullName;
        File.WriteAllText(Path.Combine(inner, "model_index.json"), """{"unet": ["diffusers", "UNet2DModel"]}""");
        Directory.CreateSymbolicLink(Path.Combine(inner, "unet"), inner);
        File.WriteAllText(Path.Combine(inner, "config.json"), "{}");
        File.WriteAllText(
            Path.Combine(inner, "model.safetensors.index.json"), """{"weight_map": {"a": "model.safetensors.index.json"}}""");
        Refusal.Of(() => CheckpointReader.Open(inner), inner, "it is JSON text");
    }

    public static TheoryData<string> Configurations => [.. SmallPipeline.Configurations.Keys];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Changed_bytes_of_a_configuration_end_in_a_network_or_in_one_clear_sentence(string name)
    {
        // 10,000 for all four files together.
        const int Changes = 2500;
        const long MaxAllocatedBytes = 16L << 20;
        SmallPipeline.Write(_folder["sharded"], sharded: true);
        string path = Path.Combine(_folder["sharded"], SmallPipeline.Configurations[name]);
        byte[] sound = File.ReadAllBytes(path);
        PurifierCheckpoint.Load(_folder["sharded"]).Dispose();
        var random = new Random(20240702);
        int refused = 0;
        for (int i = 0; i < Changes; i++)
        {
            byte[] changed = [.. sound];
            for (int j = 0; j <= i % 3; j++)
            {
                // Digits and brackets now and then, which make sizes absurd and nest values.
                int position = random.Next(changed.Length);
                changed[position] = (i % 2) == 0 ? (byte)"0123456789-[]{},:e.\"ntf"[random.Next(23)] : (byte)random.Next(256);
            }

            File.WriteAllBytes(path, changed);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                PurifierCheckpoint.Load(_folder["sharded"]).Dispose();
            }
            catch (CertiPureException refusal)
            {
                refused++;
                Refusal.AssertOneSentence(refusal.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        }

        Assert.InRange(refused, Changes / 20, Changes);
    }
}
