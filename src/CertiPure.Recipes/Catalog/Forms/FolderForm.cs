namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// Picture files in folders: one folder per class (with folders inside, as torchvision's ImageFolder takes them), a parent of
/// <c>train</c>, <c>val</c> and <c>test</c>, a flat folder, or a flat folder beside a table of labels. Names are put in ordinal order, so that
/// ids and labels do not depend on the system.
/// </summary>
internal sealed class FolderForm : ImageForm
{
    private const string LabelsName = "labels.csv";
    private static readonly string[] SplitNames = ["train", "training", "val", "valid", "validation", "test", "testing"];
    private static readonly string[] SystemFiles = ["Thumbs.db", "desktop.ini"];

    /// <inheritdoc/>
    public override string Description => "a folder of pictures: per class, flat, or flat with labels.csv; train, val and test inside it";

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public override PictureList Read(string path, PictureOptions options)
    {
        string[] folders = Folders(path);
        string[] splits = [.. folders.Where(folder => SplitNames.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase))];
        bool hasSplits = splits.Length > 0 && splits.Length == folders.Length && Pictures(path).Length == 0;
        string? split = options.ChooseSplit(path, hasSplits ? [.. splits.Select(folder => Path.GetFileName(folder)!)] : []);
        string place = split is null ? path : Path.Combine(path, split);
        string? table = options.LabelsFile
            ?? ((string[])[Path.Combine(place, LabelsName), Path.Combine(path, LabelsName)]).FirstOrDefault(File.Exists);
        PictureList found = table is null ? ReadClasses(place) : ReadTable(place, table);
        return found with { Name = NameOf(path), Split = split };
    }

    private static PictureList ReadClasses(string folder)
    {
        string[] here = Pictures(folder);
        (string Folder, string[] Files)[] inside = [.. Folders(folder).Select(one => (one, AllFiles(one)))];
        (string Folder, string[] Files)[] classes = [.. inside.Where(one => one.Files.Any(EncodedPicture.IsPicture))];
        if (here.Length > 0 && classes.Length > 0)
        {
            throw new CertiPureException(
                $"{folder} holds both pictures and folders of pictures, so it is not clear what the labels are; keep one of the two.");
        }

        IEnumerable<string> all = FilesOf(folder).Concat(inside.SelectMany(one => one.Files));
        return new PictureList(
            "",
            null,
            [.. classes.Select(one => Path.GetFileName(one.Folder)!)],
            here.Length > 0
                ? [.. here.Select(file => EncodedPicture.InFile(file, Name(folder, file), null))]
                : [.. classes.SelectMany((one, label) => one.Files
                    .Where(EncodedPicture.IsPicture)
                    .Select(file => EncodedPicture.InFile(file, Name(folder, file), label)))],
            LeaveOut(folder, all.Where(file => !EncodedPicture.IsPicture(file))));
    }

    private static PictureList ReadTable(string folder, string table)
    {
        string[] files = [.. AllFiles(folder).Where(file => Path.GetFullPath(file) != Path.GetFullPath(table))];
        string[] pictures = [.. files.Where(EncodedPicture.IsPicture)];
        var labels = LabelTable.Read(table, [.. pictures.Select(file => Name(folder, file))]);
        return new PictureList(
            "",
            null,
            labels.ClassNames,
            [
                .. pictures.Where(file => labels.Labels.ContainsKey(Name(folder, file)))
                    .Select(file => EncodedPicture.InFile(file, Name(folder, file), labels.Labels[Name(folder, file)])),
            ],
            [
                .. LeaveOut(folder, files.Where(file => !EncodedPicture.IsPicture(file))),
                .. pictures.Select(file => Name(folder, file)).Where(name => !labels.Labels.ContainsKey(name))
                    .Select(name => new LeftOut(name, $"without a label in {Path.GetFileName(table)}")),
                .. labels.Missing.Select(name => new LeftOut(name, $"in {Path.GetFileName(table)} that do not exist")),
            ]);
    }

    private static IReadOnlyList<LeftOut> LeaveOut(string folder, IEnumerable<string> files) =>
        [.. files.Select(file => new LeftOut(Name(folder, file), Path.GetExtension(file) is { Length: > 0 } extension
            ? extension.ToLowerInvariant()
            : "without an extension"))];

    private static string Name(string folder, string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');

    private static string[] Pictures(string folder) => [.. FilesOf(folder).Where(EncodedPicture.IsPicture)];

    /// <summary>A folder's own files in order, without those that systems leave everywhere.</summary>
    private static string[] FilesOf(string folder) =>
    [
        .. Directory.GetFiles(folder)
            .Where(path => !Path.GetFileName(path).StartsWith('.') && !SystemFiles.Contains(Path.GetFileName(path)))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Folders(string folder) =>
    [
        .. Directory.GetDirectories(folder)
            .Where(path => !Path.GetFileName(path).StartsWith('.') && Path.GetFileName(path) != "__MACOSX")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The files of a folder and of those inside it, folder by folder in the order of their paths, as torchvision sorts
    /// them.</summary>
    private static string[] AllFiles(string folder)
    {
        var folders = new List<string>();
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out string? next))
        {
            folders.Add(next);
            foreach (string inner in Folders(next))
            {
                // A link back to a parent would have no end.
                if (new DirectoryInfo(inner).LinkTarget is null)
                {
                    waiting.Push(inner);
                }
            }
        }

        return [.. folders.Order(StringComparer.Ordinal).SelectMany(FilesOf)];
    }
}
