using System.Text.Json;

namespace CertiPure.Torch.Checkpoints.HuggingFace;

/// <summary>
/// A folder as Hugging Face's libraries save it: <c>config.json</c> beside the weights, in one file or in several that an index lists; a
/// diffusers pipeline, <c>model_index.json</c> above <c>unet/</c> and <c>scheduler/</c>; or a model's folder in the hub's cache, with
/// <c>snapshots/</c>.
/// </summary>
internal static class HuggingFaceFolder
{
    private const int MaxConfigurationBytes = 1 << 20;
    private const int MaxIndexBytes = 64 << 20;
    private const string PipelineFile = "model_index.json";
    private static readonly JsonDocumentOptions NoRepetitions = new() { AllowDuplicateProperties = false };

    private static readonly string[] Files =
    [
        "model.safetensors", "pytorch_model.bin", "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin",
    ];

    /// <summary>Opens every weight file of a folder as one checkpoint. Its metadata has <c>config</c>, the text of config.json, and where
    /// there are such files <c>scheduler</c> and <c>preprocessor</c>; what they say belongs to the checkpoint's hash.</summary>
    public static Checkpoint Read(string folder)
    {
        string opened = Snapshot(folder) ?? folder;
        string? pipeline = File.Exists(Path.Combine(opened, PipelineFile)) ? opened : null;
        if (pipeline is null && Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(opened))) is { } parent
            && Path.GetFileName(Path.TrimEndingDirectorySeparator(opened)) == "unet" && File.Exists(Path.Combine(parent, PipelineFile)))
        {
            pipeline = parent;
        }

        // Early pipelines have all files in one folder.
        bool isFlat = pipeline is not null && !Directory.Exists(Path.Combine(pipeline, "unet"));
        string model = pipeline is null ? opened : isFlat ? pipeline : Path.Combine(pipeline, "unet");
        var files = new List<CheckpointFile>();
        try
        {
            var metadata = new Dictionary<string, string>();
            if (pipeline is not null)
            {
                files.Add(ReadPipeline(Path.Combine(pipeline, PipelineFile)));
                AddText(Path.Combine(pipeline, isFlat ? "" : "scheduler", "scheduler_config.json"), "scheduler", metadata, files);
            }

            AddText(Path.Combine(model, "config.json"), "config", metadata, files);
            AddText(Path.Combine(model, "preprocessor_config.json"), "preprocessor", metadata, files);
            if (!metadata.ContainsKey("config"))
            {
                throw Unreadable.Because(folder, Describe(model));
            }

            foreach (string name in Files)
            {
                string path = Path.Combine(model, name);
                if (File.Exists(path))
                {
                    return Join(folder, [path], metadata, files);
                }

                if (File.Exists(path + ".index.json"))
                {
                    return Join(folder, [.. ReadIndex(path + ".index.json").Select(part => Path.Combine(model, part))], metadata, files);
                }
            }

            throw Unreadable.Because(folder, $"it holds none of {string.Join(", ", Files)}, whole or with an index");
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static string Describe(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.distcp").Any()
            ? "it is a checkpoint sharded by torch.distributed; join it with torch.distributed.checkpoint.format_utils.dcp_to_torch_save"
            : "it is a folder without the file config.json, so no Hugging Face model; name a file";

    // The hub's cache keeps one folder per revision; refs/main says which one is current.
    private static string? Snapshot(string folder)
    {
        string snapshots = Path.Combine(folder, "snapshots");
        if (!Directory.Exists(snapshots))
        {
            return null;
        }

        string[] revisions = [.. Directory.GetDirectories(snapshots).Order(StringComparer.Ordinal)];
        string main = Path.Combine(folder, "refs", "main");
        string? current = File.Exists(main) ? File.ReadAllText(main).Trim() : null;
        return revisions.FirstOrDefault(revision => Path.GetFileName(revision) == current)
            ?? (revisions.Length == 1 ? revisions[0] : throw Unreadable.Because(
                folder, $"it is a hub cache of {revisions.Length} snapshots, and refs/main says none of them; name one of its folders in snapshots/"));
    }

    private static CheckpointFile ReadPipeline(string path)
    {
        CheckpointFile file = Opened(path, MaxConfigurationBytes, out JsonDocument document);
        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("unet", out _))
            {
                return file;
            }

            string name = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("_class_name", out JsonElement value) ? value.ToString() : "nothing";
            file.Dispose();
            throw Unreadable.Because(path, $"its pipeline, {name}, has no 'unet'");
        }
    }

    private static void AddText(string path, string key, Dictionary<string, string> metadata, List<CheckpointFile> files)
    {
        if (!File.Exists(path))
        {
            return;
        }

        files.Add(Opened(path, MaxConfigurationBytes, out JsonDocument document));
        using (document)
        {
            metadata[key] = document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.GetRawText()
                : throw Unreadable.Because(path, "it is not a JSON object");
        }
    }

    private static Checkpoint Join(
        string folder, IReadOnlyList<string> paths, Dictionary<string, string> metadata, IReadOnlyList<CheckpointFile> configurations)
    {
        var parts = new List<Checkpoint>();
        try
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (string path in paths)
            {
                Checkpoint part = CheckpointReader.OpenFile(path, null);
                parts.Add(part);
                if (part.Tensors.FirstOrDefault(tensor => !names.Add(tensor.Name)) is { } repeated)
                {
                    throw Unreadable.Because(folder, $"'{repeated.Name}' is in more than one of its files");
                }
            }

            return new Checkpoint(
                folder, parts.SelectMany(part => part.Tensors), metadata, [.. parts.SelectMany(part => part.Files), .. configurations])
            {
                Format = CheckpointFormat.HuggingFace,
            };
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    private static SortedSet<string> ReadIndex(string path)
    {
        using CheckpointFile file = Opened(path, MaxIndexBytes, out JsonDocument document);
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            {
                throw Unreadable.Because(path, "it has no object 'weight_map'");
            }

            var files = new SortedSet<string>(StringComparer.Ordinal);
            foreach (JsonProperty entry in map.EnumerateObject())
            {
                // A file of this folder and nothing else: an index from elsewhere must not read the rest of the disk.
                string name = entry.Value.ToString();
                if (entry.Value.ValueKind != JsonValueKind.String || name is "" or "." or ".." || name.AsSpan().IndexOfAny("/\\:\0") >= 0)
                {
                    throw Unreadable.Because(path, $"it sends a tensor to '{name}', which is not a file of this folder");
                }

                files.Add(name);
            }

            return files.Count > 0 ? files : throw Unreadable.Because(path, "its 'weight_map' is empty");
        }
    }

    private static CheckpointFile Opened(string path, int maxBytes, out JsonDocument document)
    {
        var file = new CheckpointFile(path);
        try
        {
            if (file.Length > maxBytes)
            {
                throw Unreadable.Because(path, $"it has {file.Length} bytes where {maxBytes} are the most that such a file needs");
            }

            byte[] text = file.Read(0, (int)file.Length);
            document = System.Text.Unicode.Utf8.IsValid(text)
                ? JsonDocument.Parse(text, NoRepetitions)
                : throw new JsonException("it is not UTF-8");
            return file;
        }
        catch (Exception error)
        {
            file.Dispose();
            if (error is JsonException)
            {
                throw Unreadable.Because(path, "it is not valid JSON text; it is damaged", error);
            }

            throw;
        }
    }
}
