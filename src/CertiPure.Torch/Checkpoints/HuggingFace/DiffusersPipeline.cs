using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Torch.Checkpoints.HuggingFace;

/// <summary>Writes a purifier as the folder of a diffusers pipeline, where diffusers can express it.</summary>
internal static class DiffusersPipeline
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the folder, which must not exist.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="network">The network, loaded.</param>
    /// <param name="complete">The checkpoint that it was loaded from, with its metadata.</param>
    /// <param name="floatingPoint">The type of the weights.</param>
    /// <exception cref="CertiPureException">diffusers cannot express the network or its preconditioning, or the folder cannot be
    /// written.</exception>
    public static void Write(string folder, nn.Module network, Checkpoint complete, ElementType floatingPoint)
    {
        if (network is not OpenAiUNet unet)
        {
            throw new CertiPureException($"diffusers' UNet2DModel cannot express a {network.GetName()}: its blocks are others.");
        }

        (string pipeline, JsonObject scheduler, double timeScale) = Scheduler(unet, Preconditioning.From(complete.Metadata)!);
        double ownTimeScale = unet switch { ConsistencyUNet => ConsistencyUNet.TimeScale, UNet2DModel own => own.TimeScale, _ => 1 };
        if (ownTimeScale != timeScale)
        {
            throw new CertiPureException(
                $"diffusers cannot express this network: its time input is scaled by {ownTimeScale}, and {scheduler["_class_name"]} scales it by {timeScale}.");
        }

        UNet2DModelOptions options = UNet2DModelOptions.Of(unet.Plan, timeScale);
        IReadOnlyList<CheckpointTensor> tensors = UNet2DModelNames.Of(unet.Plan).ToDiffusers(ModuleState.Capture(unet));
        JsonObject configuration = JsonNode.Parse(ArchitectureArguments.Write(options))!.AsObject();
        configuration.Remove("time_scale");
        configuration.Insert(0, "_class_name", "UNet2DModel");
        try
        {
            foreach (string part in (string[])["unet", "scheduler"])
            {
                Directory.CreateDirectory(Path.Combine(folder, part));
            }

            WriteJson(Path.Combine(folder, "unet", "config.json"), configuration);
            WriteJson(Path.Combine(folder, "scheduler", "scheduler_config.json"), scheduler);
            SafeTensors.Write(
                Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"),
                new Checkpoint(tensors, new Dictionary<string, string> { ["format"] = "pt" }),
                floatingPoint);
            WriteJson(Path.Combine(folder, "model_index.json"), new JsonObject
            {
                ["_class_name"] = pipeline,
                ["scheduler"] = new JsonArray("diffusers", (string?)scheduler["_class_name"]),
                ["unet"] = new JsonArray("diffusers", "UNet2DModel"),
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The folder '{folder}' cannot be written ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private static (string Pipeline, JsonObject Scheduler, double TimeScale) Scheduler(OpenAiUNet network, Preconditioning preconditioning)
    {
        switch (preconditioning)
        {
            case DdpmPreconditioning { Options: var options } when options.TimeScale == 1:
                return ("DDPMPipeline", new JsonObject
                {
                    ["_class_name"] = "DDPMScheduler",
                    ["num_train_timesteps"] = options.NumTrainTimesteps,
                    ["beta_schedule"] = JsonNode.Parse(ArchitectureArguments.Write(options))!["beta_schedule"]!.DeepClone(),
                    ["beta_start"] = options.BetaStart,
                    ["beta_end"] = options.BetaEnd,
                    ["prediction_type"] = JsonNode.Parse(ArchitectureArguments.Write(options))!["prediction_type"]!.DeepClone(),
                    ["variance_type"] = network.Plan.OutputChannels > network.Shape.Channels ? "learned_range" : "fixed_small",
                    ["clip_sample"] = true,
                }, 1);
            case DdpmPreconditioning:
                throw new CertiPureException("diffusers cannot express this network: its time input is the step rescaled, and there it is the step itself.");
            case ConsistencyPreconditioning:
                return ("ConsistencyModelPipeline", new JsonObject
                {
                    ["_class_name"] = "CMStochasticIterativeScheduler",
                    ["num_train_timesteps"] = 40,
                    ["sigma_min"] = 0.002,
                    ["sigma_max"] = 80.0,
                    ["sigma_data"] = EdmPreconditioning.DataDeviation,
                    ["rho"] = 7.0,
                }, ConsistencyUNet.TimeScale);
            case EdmPreconditioning:
                return ("DDPMPipeline", new JsonObject
                {
                    ["_class_name"] = "EDMEulerScheduler",
                    ["sigma_min"] = 0.002,
                    ["sigma_max"] = 80.0,
                    ["sigma_data"] = EdmPreconditioning.DataDeviation,
                    ["rho"] = 7.0,
                    ["prediction_type"] = "epsilon",
                }, 1);
            default:
                throw new CertiPureException($"diffusers has no scheduler for the preconditioning {preconditioning.Name}.");
        }
    }

    private static void WriteJson(string path, JsonObject json) => File.WriteAllText(path, json.ToJsonString(Indented) + "\n");
}
