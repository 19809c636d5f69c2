using System.Text.Json;

namespace CertiPure.Torch.Checkpoints.HuggingFace;

/// <summary>A folder as Hugging Face's libraries save it: <c>config.json</c> beside safetensors or <c>pytorch_model.bin</c>, in one
/// file or in several that an index lists.</summary>
internal static class HuggingFaceFolder
{
    private const int MaxConfigurationBytes = 1 << 20;
    private const int MaxIndexBytes = 64 << 20;
    private static readonly string[] Files = ["model.safetensors", "pytorch_model.bin"];

    /// <summary>Opens every weight file of a folder as one checkpoint; its metadata has <c>config</c>, the text of config.json.</summary>
    public static Checkpoint Read(string folder)
    {
        string configuration = Path.Combine(folder, "config.json");
        if (!File.Exists(configuration))
        {
            throw Unreadable.Because(folder, "it is a folder without the file config.json, so no Hugging Face model; name a file");
        }

        var metadata = new Dictionary<string, string> { ["config"] = ReadConfiguration(configuration) };
        foreach (string name in Files)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return Join(folder, [path], metadata);
            }

            if (File.Exists(path + ".index.json"))
            {
                return Join(folder, [.. ReadIndex(path + ".index.json").Select(part => Path.Combine(folder, part))], metadata);
            }
        }

        throw Unreadable.Because(folder, $"it holds neither {Files[0]} nor {Files[1]}, whole or with an index");
    }

    private static Checkpoint Join(string folder, IReadOnlyList<string> paths, Dictionary<string, string> metadata)
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

            return new Checkpoint(folder, parts.SelectMany(part => part.Tensors), metadata, [.. parts.SelectMany(part => part.Files)])
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

    private static string ReadConfiguration(string path)
    {
        using JsonDocument document = ReadJson(path, MaxConfigurationBytes);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.GetRawText()
            : throw Unreadable.Because(path, "it is no JSON object");
    }

    private static SortedSet<string> ReadIndex(string path)
    {
        using JsonDocument document = ReadJson(path, MaxIndexBytes);
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
                throw Unreadable.Because(path, $"it sends a tensor to '{name}', which is no file of this folder");
            }

            files.Add(name);
        }

        return files.Count > 0 ? files : throw Unreadable.Because(path, "its 'weight_map' is empty");
    }

    private static JsonDocument ReadJson(string path, int maxBytes)
    {
        using var file = new CheckpointFile(path);
        if (file.Length > maxBytes)
        {
            throw Unreadable.Because(path, $"it has {file.Length} bytes where {maxBytes} are the most that such a file needs");
        }

        try
        {
            return JsonDocument.Parse(file.Read(0, (int)file.Length));
        }
        catch (JsonException error)
        {
            throw Unreadable.Because(path, "it is not valid JSON text; it is damaged", error);
        }
    }
}
