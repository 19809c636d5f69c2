namespace CertiPure.Recipes.Catalog;

/// <summary>A checkpoint that others publish and that CertiPure can read: where it is, what it is, and what it is used for.</summary>
/// <param name="Name">The name for <c>certipure data get</c>.</param>
/// <param name="Description">What it is.</param>
/// <param name="Use">What it is used for here.</param>
/// <param name="Architecture">The network.</param>
/// <param name="Licence">The licence, as its authors state it.</param>
/// <param name="Megabytes">About how large it is; null where that is not known.</param>
/// <param name="Files">Its files.</param>
public sealed record PublishedCheckpoint(
    string Name, string Description, string Use, string Architecture, string Licence, int? Megabytes, IReadOnlyList<PublishedFile> Files)
{
    /// <summary>What a path to it names: the file, or for several files (a Hugging Face model) their folder.</summary>
    /// <param name="locations">Where to look.</param>
    /// <returns>The path, or null where a file is missing.</returns>
    public string? Find(DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        string? folder = locations.Find(Path.Combine("checkpoints", Name), IsWhole);
        return folder is null ? null : PathIn(folder);
    }

    /// <summary>Finds it, or else downloads it; a download that was interrupted continues.</summary>
    /// <param name="locations">Where to look, and where downloads go.</param>
    /// <param name="client">Downloads.</param>
    /// <param name="progress">Told the file's name and the bytes so far.</param>
    /// <param name="cancellation">Stops; the next call continues.</param>
    /// <returns>The path for <c>--purifier</c>, <c>--classifier</c>, <c>inspect</c> or <c>convert</c>.</returns>
    /// <exception cref="CertiPureException">It cannot be downloaded, or is not what was published.</exception>
    public async Task<string> GetAsync(
        DataLocations locations, HttpClient client, Action<string, long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(locations);
        if (Find(locations) is { } found)
        {
            return found;
        }

        string folder = Path.Combine(locations.Cache, "checkpoints", Name);
        foreach (PublishedFile file in Files)
        {
            await Download.FileAsync(client, file.Address, file.Sha256, Path.Combine(folder, file.Name),
                bytes => progress?.Invoke(file.Name, bytes), cancellation).ConfigureAwait(false);
        }

        return PathIn(folder);
    }

    /// <summary>The files whose hash is not the published one; where none is published, not the one that they had when they came.</summary>
    /// <param name="path">What <see cref="Find"/> gave.</param>
    /// <exception cref="CertiPureException">A file cannot be read.</exception>
    public IReadOnlyList<string> FindDamage(string path)
    {
        string folder = Files.Count == 1 ? Path.GetDirectoryName(path)! : path;
        return
        [
            .. Files.Where(file => !Download.IsAsKnown(Path.Combine(folder, file.Name), file.Sha256)).Select(file => file.Name),
        ];
    }

    private string PathIn(string folder) => Files.Count == 1 ? Path.Combine(folder, Files[0].Name) : folder;

    private bool IsWhole(string folder) => Files.All(file => File.Exists(Path.Combine(folder, file.Name)));
}

/// <summary>A file of a published checkpoint.</summary>
/// <param name="Address">Where its authors publish it.</param>
/// <param name="Sha256">What is known of its SHA-256, lower-case hexadecimal: all of it, the first digits (PyTorch's habit is to put eight into
/// the name), or null where nobody publishes it.</param>
public sealed record PublishedFile(Uri Address, string? Sha256)
{
    /// <summary>The name that it has here.</summary>
    public string Name => Uri.UnescapeDataString(Address.Segments[^1]);
}
