using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises diffusers' UNet2DModel. Its <c>config.json</c> says the shape, its pipeline's <c>scheduler_config.json</c> what the
/// network is: a diffusion model and its schedule, EDM, or a consistency model.</summary>
internal static class DiffusersSignature
{
    private const string ModelClass = "UNet2DModel";

    private static readonly JsonDocumentOptions NoRepetitions = new() { AllowDuplicateProperties = false };

    // What diffusers' EMA writes beside a model's options.
    private static readonly string[] AverageKeys =
    [
        "decay", "inv_gamma", "min_decay", "optimization_step", "power", "update_after_step", "use_ema_warmup",
    ];

    // With one of these a schedule is another one than its betas say.
    private static readonly string[] OtherSchedules = ["trained_betas", "rescale_betas_zero_snr"];

    /// <summary>The network, or null if it is not one of diffusers.</summary>
    /// <exception cref="CertiPureException">Its scheduler cannot be read, or is one that this project does not know.</exception>
    public static RecognisedNetwork? Recognise(Checkpoint checkpoint, NamedShapes shapes)
    {
        JsonObject? configuration = Parse(checkpoint, "config");
        string? name = Text(configuration, "_class_name");
        bool looksAlike = shapes.Has("conv_in.weight", "time_embedding.linear_1.weight", "down_blocks.0.resnets.0.conv1.weight");
        if (name != ModelClass && !looksAlike)
        {
            return null;
        }

        if (configuration is null)
        {
            return new RecognisedNetwork(
                "a UNet of diffusers, whose config.json lies beside the file: name their folder, or their pipeline's", null, null, Nothing);
        }

        if (name is not (null or ModelClass))
        {
            return new RecognisedNetwork($"diffusers' {name}, and of diffusers' networks only {ModelClass} is known", null, null, Nothing);
        }

        JsonObject? scheduler = Parse(checkpoint, "scheduler");
        (double timeScale, IReadOnlyDictionary<string, string> metadata) = scheduler is null
            ? (1, Nothing)
            : ReadScheduler(checkpoint, scheduler);
        return new RecognisedNetwork(
            scheduler is null ? $"diffusers' {ModelClass}" : $"diffusers' {ModelClass} with a {Text(scheduler, "_class_name")}",
            nameof(UNet2DModel),
            Arguments(configuration, timeScale),
            metadata);
    }

    private static IReadOnlyDictionary<string, string> Nothing => new Dictionary<string, string>();

    private static string Arguments(JsonObject configuration, double timeScale)
    {
        var arguments = new JsonObject();
        foreach ((string key, JsonNode? value) in configuration)
        {
            if (!key.StartsWith('_') && !AverageKeys.Contains(key))
            {
                // Square images may be written by both sides.
                bool isSquare = key == "sample_size" && value is JsonArray { Count: 2 } sides && JsonNode.DeepEquals(sides[0], sides[1]);
                arguments[key] = (isSquare ? value![0] : value)?.DeepClone();
            }
        }

        if (timeScale != 1)
        {
            arguments["time_scale"] = timeScale;
        }

        return arguments.ToJsonString();
    }

    private static (double TimeScale, IReadOnlyDictionary<string, string> Metadata) ReadScheduler(Checkpoint checkpoint, JsonObject scheduler)
    {
        string name = Text(scheduler, "_class_name") ?? "null";
        Preconditioning? preconditioning = name switch
        {
            "DDPMScheduler" or "DDIMScheduler" => ReadDiffusion(checkpoint, scheduler),
            "EDMEulerScheduler" or "EDMDPMSolverMultistepScheduler" => new EdmPreconditioning(),
            "CMStochasticIterativeScheduler" => new ConsistencyPreconditioning
            {
                MinimumLevel = Number(checkpoint, scheduler, "sigma_min", new ConsistencyPreconditioning().MinimumLevel),
            },
            _ => throw Refused(checkpoint, $"_class_name {name}; known are DDPMScheduler, DDIMScheduler, EDMEulerScheduler, "
                + "EDMDPMSolverMultistepScheduler and CMStochasticIterativeScheduler"),
        };
        if (preconditioning is DdpmPreconditioning)
        {
            return (1, preconditioning.Metadata);
        }

        if (Number(checkpoint, scheduler, "sigma_data", EdmPreconditioning.DataDeviation) != EdmPreconditioning.DataDeviation)
        {
            throw Refused(checkpoint, "a sigma_data other than 0.5");
        }

        if (preconditioning is ConsistencyPreconditioning consistency)
        {
            return consistency == new ConsistencyPreconditioning()
                ? (ConsistencyUNet.TimeScale, preconditioning.Metadata)
                : throw Refused(checkpoint, "a sigma_min other than 0.002");
        }

        return (Text(scheduler, "prediction_type") ?? "epsilon") == "epsilon"
            ? (1, preconditioning.Metadata)
            : throw Refused(checkpoint, $"prediction_type {Text(scheduler, "prediction_type")}");
    }

    private static DdpmPreconditioning ReadDiffusion(Checkpoint checkpoint, JsonObject scheduler)
    {
        foreach (string key in OtherSchedules)
        {
            if (scheduler[key] is { } value && value.GetValueKind() is not (JsonValueKind.Null or JsonValueKind.False))
            {
                throw Refused(checkpoint, key);
            }
        }

        // Options of sampling (clipping, variance, spacing) do not change what the network computes.
        var known = new JsonObject();
        foreach (string key in (string[])["num_train_timesteps", "beta_schedule", "beta_start", "beta_end", "prediction_type"])
        {
            if (scheduler.TryGetPropertyValue(key, out JsonNode? value))
            {
                known[key] = value?.DeepClone();
            }
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(known.ToJsonString());
            return new DdpmPreconditioning { Options = ArchitectureArguments.Read<DiffusionOptions>(document.RootElement) };
        }
        catch (JsonException)
        {
            throw Refused(checkpoint, $"{known.ToJsonString()}; known are the schedules linear, scaled_linear and squaredcos_cap_v2, and the "
                + "predictions epsilon, sample and v_prediction");
        }
    }

    private static double Number(Checkpoint checkpoint, JsonObject scheduler, string key, double usual) =>
        !scheduler.TryGetPropertyValue(key, out JsonNode? value) ? usual
            : value is JsonValue number && number.TryGetValue(out double read) ? read
            : throw Refused(checkpoint, $"{key} {value?.ToJsonString() ?? "null"}");

    private static string? Text(JsonObject? json, string key) =>
        json?[key] is JsonValue value && value.TryGetValue(out string? text) && !text.Any(char.IsControl) ? text : null;

    private static JsonObject? Parse(Checkpoint checkpoint, string key)
    {
        try
        {
            return checkpoint.Metadata.TryGetValue(key, out string? text) ? JsonNode.Parse(text, documentOptions: NoRepetitions) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CertiPureException Refused(Checkpoint checkpoint, string what) =>
        Unreadable.Because(checkpoint.Path ?? "in memory", $"its scheduler has {what}");
}
