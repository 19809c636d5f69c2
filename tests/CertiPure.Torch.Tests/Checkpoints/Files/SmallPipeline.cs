using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>A pipeline as diffusers stores it, with the weights of a small network.</summary>
internal static class SmallPipeline
{
    public const string Ddpm = """{"_class_name": "DDPMScheduler", "num_train_timesteps": 1000, "beta_schedule": "linear"}""";

    private const string Weights = "unet/diffusion_pytorch_model";

    /// <summary>The files that say what the weights are, and where, by short names.</summary>
    public static IReadOnlyDictionary<string, string> Configurations { get; } = new Dictionary<string, string>
    {
        ["diffusers-config"] = "unet/config.json",
        ["diffusers-scheduler"] = "scheduler/scheduler_config.json",
        ["diffusers-pipeline"] = "model_index.json",
        ["shard-index"] = $"{Weights}.safetensors.index.json",
    };

    public static UNet2DModelOptions Options { get; } = new()
    {
        SampleSize = 8,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [8, 16],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        AttentionHeadDim = 8,
        DownBlockTypes = ["DownBlock2D", "AttnDownBlock2D"],
        UpBlockTypes = ["AttnUpBlock2D", "ResnetUpsampleBlock2D"],
    };

    /// <summary>The network whose weights the pipeline holds.</summary>
    /// <param name="options">Its options; null for the usual ones.</param>
    public static UNet2DModel Network(UNet2DModelOptions? options = null)
    {
        var network = new UNet2DModel(options ?? Options);
        FreshWeights.Draw(network, 3);
        using IDisposable noGradient = no_grad();
        using var generator = new Generator(4);
        foreach (Tensor parameter in network.parameters())
        {
            parameter.add_(randn(parameter.shape, generator: generator) * 0.05);
        }

        network.eval();
        return network;
    }

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="scheduler">The text of its scheduler's file.</param>
    /// <param name="former">Whether attention has the names of early versions.</param>
    /// <param name="sharded">Whether the weights are in two files behind an index.</param>
    /// <param name="options">The network's options; null for the usual ones.</param>
    public static void Write(
        string folder, string scheduler = Ddpm, bool former = false, bool sharded = false, UNet2DModelOptions? options = null)
    {
        options ??= Options;
        using UNet2DModel network = Network(options);
        CheckpointTensor[] tensors = [.. UNet2DModelNames.Of(options.Plan()).ToDiffusers(ModuleState.Capture(network))];
        if (former)
        {
            tensors = [.. tensors.Select(tensor => tensor.Rename(tensor.Name
                .Replace(".to_q.", ".query.", StringComparison.Ordinal).Replace(".to_k.", ".key.", StringComparison.Ordinal)
                .Replace(".to_v.", ".value.", StringComparison.Ordinal).Replace(".to_out.0.", ".proj_attn.", StringComparison.Ordinal)))];
        }

        foreach (string part in (string[])["unet", "scheduler"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        JsonObject configuration = JsonNode.Parse(ArchitectureArguments.Write(options))!.AsObject();
        configuration.Remove("time_scale");
        configuration["_class_name"] = "UNet2DModel";
        File.WriteAllText(Path.Combine(folder, "model_index.json"), """{"_class_name": "DDPMPipeline", "unet": ["diffusers", "UNet2DModel"]}""");
        File.WriteAllText(Path.Combine(folder, "unet", "config.json"), configuration.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), scheduler);
        if (!sharded)
        {
            SafeTensors.Write(Path.Combine(folder, Weights + ".safetensors"), new Checkpoint(tensors));
            return;
        }

        var map = new Dictionary<string, string>();
        foreach ((int shard, CheckpointTensor[] part) in tensors.Chunk((tensors.Length + 1) / 2).Index())
        {
            string file = $"diffusion_pytorch_model-{shard + 1:D5}-of-00002.safetensors";
            SafeTensors.Write(Path.Combine(folder, "unet", file), new Checkpoint(part));
            foreach (CheckpointTensor tensor in part)
            {
                map[tensor.Name] = file;
            }
        }

        File.WriteAllText(Path.Combine(folder, Configurations["shard-index"]), JsonSerializer.Serialize(new { weight_map = map }));
    }
}
