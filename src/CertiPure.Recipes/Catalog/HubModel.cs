using System.Text.Json;
using System.Text.RegularExpressions;

namespace CertiPure.Recipes.Catalog;

/// <summary>
/// A model on Hugging Face's hub: <c>hf:OWNER/NAME</c>, or <c>hf:OWNER/NAME/FILE</c> for one file of it. What is downloaded lies as in the
/// hub's own cache, one folder per revision, and no network is needed again once it is complete.
/// </summary>
public sealed partial record HubModel
{
    /// <summary>What a reference begins with.</summary>
    public const string Prefix = "hf:";

    /// <summary>The environment variable that names another host than huggingface.co, as for Hugging Face's own tools.</summary>
    public const string EndpointVariable = "HF_ENDPOINT";

    // What describes a model or a pipeline; weights are chosen beside it.
    private static readonly string[] Configurations =
        ["config.json", "model_index.json", "preprocessor_config.json", "scheduler/scheduler_config.json", "scheduler_config.json", "unet/config.json"];

    // In this order: safetensors before pickles, whole before sharded.
    private static readonly Regex[] Weights =
    [
        new(@"^model\.safetensors$"), new(@"^diffusion_pytorch_model\.safetensors$"),
        new(@"^model(-\d{5}-of-\d{5}\.safetensors|\.safetensors\.index\.json)$"),
        new(@"^diffusion_pytorch_model(-\d{5}-of-\d{5}\.safetensors|\.safetensors\.index\.json)$"),
        new(@"^pytorch_model\.bin$"), new(@"^diffusion_pytorch_model\.bin$"), new(@"^pytorch_model(-\d{5}-of-\d{5}\.bin|\.bin\.index\.json)$"),
    ];

    private HubModel(string owner, string name, string? file)
    {
        Owner = owner;
        Name = name;
        File = file;
    }

    /// <summary>Whose it is.</summary>
    public string Owner { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The one file that is meant; null for the model.</summary>
    public string? File { get; }

    private string Folder => $"models--{Owner}--{Name}";

    /// <summary>Reads a reference.</summary>
    /// <param name="text"><c>hf:OWNER/NAME</c> or <c>hf:OWNER/NAME/FILE</c>.</param>
    /// <exception cref="CertiPureException">It is neither.</exception>
    public static HubModel Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Reference().Match(text);
        return match.Success && (match.Groups[3].Length == 0 || IsInside(match.Groups[3].Value))
            ? new HubModel(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Length > 0 ? match.Groups[3].Value : null)
            : throw new CertiPureException($"{text} is not hf:OWNER/NAME or hf:OWNER/NAME/FILE.", ErrorReason.InvalidArgument);
    }

    /// <summary>What is here already: in a data folder, or in the hub's own cache.</summary>
    /// <param name="locations">Where to look.</param>
    /// <returns>The folder, or the file; null where it is not here or not complete.</returns>
    public string? Find(DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        return locations.Folders.Select(folder => Path.Combine(folder, "checkpoints", Folder)).Append(Path.Combine(OwnCache(), Folder))
            .Select(Complete).FirstOrDefault(path => path is not null);
    }

    /// <summary>Finds the model, or else downloads it; a download that was interrupted continues.</summary>
    /// <param name="locations">Where to look, and where downloads go.</param>
    /// <param name="client">Downloads.</param>
    /// <param name="note">Told the revision, the licence and each file.</param>
    /// <param name="cancellation">Stops; the next call continues.</param>
    /// <returns>The folder, or the file.</returns>
    /// <exception cref="CertiPureException">It cannot be downloaded, or holds no weights that can be chosen.</exception>
    public async Task<string> GetAsync(
        DataLocations locations, HttpClient client, Action<string>? note = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(locations);
        ArgumentNullException.ThrowIfNull(client);
        if (Find(locations) is { } found)
        {
            return found;
        }

        var host = new Uri((Environment.GetEnvironmentVariable(EndpointVariable) ?? "https://huggingface.co").TrimEnd('/') + "/");
        (string commit, string licence, IReadOnlyDictionary<string, string?> files) = await ListAsync(client, host, cancellation).ConfigureAwait(false);
        IReadOnlyList<string> chosen = Choose([.. files.Keys]);
        note?.Invoke($"{Owner}/{Name}, revision {commit}, licence {licence}.");
        string model = Path.Combine(locations.Cache, "checkpoints", Folder), snapshot = Path.Combine(model, "snapshots", commit);
        foreach (string file in chosen)
        {
            note?.Invoke(file);
            string path = Path.Combine(snapshot, file);
            var address = new Uri(host, $"{Owner}/{Name}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");
            await Download.FileAsync(client, address, files[file], path, null, cancellation).ConfigureAwait(false);
            await System.IO.File.WriteAllTextAsync(path + ".sha256", files[file] ?? FileHash.Of(path), cancellation).ConfigureAwait(false);
        }

        // Last, so that a model without it is not complete.
        string current = Path.Combine(model, "refs", "main");
        Directory.CreateDirectory(Path.GetDirectoryName(current)!);
        await System.IO.File.WriteAllTextAsync(current, commit, cancellation).ConfigureAwait(false);
        return Find(locations)!;
    }

    /// <summary>The files that are not as they came.</summary>
    /// <param name="path">What <see cref="Find"/> gave.</param>
    /// <exception cref="CertiPureException">A file cannot be read.</exception>
    public static IReadOnlyList<string> FindDamage(string path)
    {
        string[] hashes = Directory.Exists(path) ? Directory.GetFiles(path, "*.sha256", SearchOption.AllDirectories) : [path + ".sha256"];
        return
        [
            .. hashes.Where(System.IO.File.Exists).Select(hash => hash[..^".sha256".Length])
                .Where(file => !System.IO.File.Exists(file) || !Download.IsAsKnown(file, null)).Select(file => Path.GetFileName(file)),
        ];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{Owner}/{Name}{(File is null ? "" : "/" + File)}";

    // The revision that refs/main names, if it holds what is asked for.
    private string? Complete(string model)
    {
        string current = Path.Combine(model, "refs", "main");
        if (!System.IO.File.Exists(current))
        {
            return null;
        }

        string snapshot = Path.Combine(model, "snapshots", System.IO.File.ReadAllText(current).Trim());
        return File is null
            ? ((string[])[snapshot, Path.Combine(snapshot, "unet")]).Any(HoldsWeights) ? snapshot : null
            : System.IO.File.Exists(Path.Combine(snapshot, File)) ? Path.Combine(snapshot, File) : null;
    }

    private static bool HoldsWeights(string folder) => Directory.Exists(folder)
        && Directory.GetFiles(folder).Any(path => Weights.Any(pattern => pattern.IsMatch(Path.GetFileName(path))));

    private static string OwnCache()
    {
        string? home = Environment.GetEnvironmentVariable("HF_HOME");
        return Environment.GetEnvironmentVariable("HF_HUB_CACHE") ?? Path.Combine(
            string.IsNullOrEmpty(home) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "huggingface") : home, "hub");
    }

    private IReadOnlyList<string> Choose(IReadOnlyList<string> files)
    {
        if (File is not null)
        {
            return files.Contains(File) ? [File] : throw new CertiPureException($"{Owner}/{Name} has no file {File}.");
        }

        string folder = files.Contains("model_index.json") && files.Contains("unet/config.json") ? "unet/" : "";
        string[] configurations = [.. Configurations.Where(files.Contains)];
        string[]? weights = Weights
            .Select(pattern => files.Where(file => file.StartsWith(folder, StringComparison.Ordinal) && pattern.IsMatch(file[folder.Length..])).ToArray())
            .FirstOrDefault(found => found.Length > 0);
        return weights is not null && configurations.Length > 0 ? [.. configurations, .. weights] : throw new CertiPureException(
            $"{Owner}/{Name} is not a model with config.json, nor a pipeline with a unet; name one of its files, as hf:{Owner}/{Name}/FILE "
            + $"(it has {string.Join(", ", files.Where(IsPrintable).Take(10))}).", ErrorReason.InvalidArgument);
    }

    private async Task<(string Commit, string Licence, IReadOnlyDictionary<string, string?> Files)> ListAsync(
        HttpClient client, Uri host, CancellationToken cancellation)
    {
        var address = new Uri(host, $"api/models/{Owner}/{Name}/revision/main?blobs=true");
        try
        {
            using HttpResponseMessage response = await client.GetAsync(address, cancellation).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation).ConfigureAwait(false);
            JsonElement root = document.RootElement;
            var files = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (JsonElement sibling in root.GetProperty("siblings").EnumerateArray())
            {
                string name = sibling.GetProperty("rfilename").GetString() ?? "";
                if (IsInside(name))
                {
                    files[name] = sibling.TryGetProperty("lfs", out JsonElement lfs) && lfs.ValueKind == JsonValueKind.Object
                        ? lfs.GetProperty("sha256").GetString()
                        : null;
                }
            }

            string commit = root.GetProperty("sha").GetString() ?? "";
            return Commit().IsMatch(commit)
                ? (commit, Licence(root), files)
                : throw new CertiPureException($"{address} answered without a revision.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or InvalidOperationException or KeyNotFoundException
            || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CertiPureException(
                $"{address} cannot be read ({error.Message.TrimEnd('.')}); a model that wants a login must be downloaded with Hugging Face's own tools first.",
                error);
        }
    }

    private static string Licence(JsonElement root) =>
        root.TryGetProperty("cardData", out JsonElement card) && card.ValueKind == JsonValueKind.Object
        && card.TryGetProperty("license", out JsonElement licence) && licence.ValueKind == JsonValueKind.String
        && licence.GetString() is { } text && IsPrintable(text) ? text : "not stated";

    private static bool IsPrintable(string text) => !text.Any(char.IsControl);

    // A file of the model's folder: nothing that the host says may lead out of it.
    private static bool IsInside(string file) => FileName().IsMatch(file) && !file.Split('/').Any(part => part is "" or "." or "..");

    [GeneratedRegex(@"^hf:([A-Za-z0-9][A-Za-z0-9._-]*)/([A-Za-z0-9][A-Za-z0-9._-]*)(?:/(.+))?$")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^[A-Za-z0-9._/+=@ -]{1,200}$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^[0-9a-f]{40}$")]
    private static partial Regex Commit();
}
