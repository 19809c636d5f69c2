namespace CertiPure.Recipes.Catalog;

/// <summary>The weights that CertiPure brings along: <c>models/NAME/FILE.safetensors</c>, beside the program or in the
/// repository it was built from.</summary>
public sealed class BundledModels
{
    private const string Extension = ".safetensors";

    /// <summary>The models under a folder.</summary>
    /// <param name="folder">The folder <c>models</c>; it need not exist.</param>
    public BundledModels(string folder) => Folder = folder;

    /// <summary>The models of this program.</summary>
    public static BundledModels OfProgram { get; } = new(FindFolder(AppContext.BaseDirectory));

    /// <summary>The folder <c>models</c>.</summary>
    public string Folder { get; }

    /// <summary>The models' names, in ordinal order.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(Folder)
        ? [.. Directory.EnumerateDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The files of a model, without their extension, in ordinal order.</summary>
    /// <param name="name">The model's name.</param>
    public IReadOnlyList<string> Files(string name) => Names.Contains(name)
        ? [.. Directory.EnumerateFiles(Path.Combine(Folder, name), "*" + Extension)
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Finds weights by what the user wrote.</summary>
    /// <param name="reference"><c>NAME</c> or <c>NAME/FILE</c>.</param>
    /// <param name="usual">The files that a bare name stands for, the preferred one first.</param>
    /// <returns>The path, or null where the words name no bundled model.</returns>
    /// <exception cref="CertiPureException">The model exists, but not with that file.</exception>
    public string? Find(string reference, IReadOnlyList<string> usual)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(usual);
        string[] parts = reference.Split('/');
        if (parts.Length > 2 || !Names.Contains(parts[0]))
        {
            return null;
        }

        IReadOnlyList<string> files = Files(parts[0]);
        string? file = (parts.Length == 2 ? [parts[1]] : usual).FirstOrDefault(files.Contains);
        return file is not null
            ? Path.Combine(Folder, parts[0], file + Extension)
            : throw new CertiPureException(
                $"The bundled model '{parts[0]}' has no file '{(parts.Length == 2 ? parts[1] : usual[0])}'; it has "
                + $"{string.Join(", ", files)}.",
                ErrorReason.InvalidArgument);
    }

    /// <summary>Finds weights by their hash.</summary>
    /// <param name="sha256">The file's SHA-256, lower-case hexadecimal.</param>
    /// <returns>The path, or null where no bundled file has it.</returns>
    public string? FindByHash(string sha256) => Names
        .SelectMany(name => Files(name).Select(file => Path.Combine(Folder, name, file + Extension)))
        .FirstOrDefault(path => FileHash.Of(path) == sha256);

    private static string FindFolder(string start)
    {
        for (string? folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string models = Path.Combine(folder, "models");
            if (Directory.Exists(models) && (folder == start || File.Exists(Path.Combine(folder, "CertiPure.slnx"))))
            {
                return models;
            }
        }

        return Path.Combine(start, "models");
    }
}
