using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CertiPure.Images;
using CertiPure.Torch.Checkpoints.Pickle;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>CIFAR-10 and CIFAR-100 as they are published: binary records or Python pickles, in their folder or in their
/// <c>.tar.gz</c>. CIFAR-100 is read with its 100 fine classes.</summary>
internal sealed class CifarForm : ImageForm
{
    private const long LargestContent = 1L << 29;
    private static readonly ImageShape Shape = new(3, 32, 32);
    private static readonly string[] Cifar10Train = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}")];
    private static readonly string[] Names = ["batches.meta", "batches.meta.txt", "meta", "fine_label_names.txt", "test_batch", "test", "train", .. Cifar10Train];

    /// <inheritdoc/>
    public override string Description => "CIFAR-10 and CIFAR-100: binary or Python version, folder or .tar.gz";

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path)
        ? Place(path) is not null
        : Start(path, 2) is [0x1F, 0x8B] && FirstEntry(path)?.StartsWith("cifar-10", StringComparison.Ordinal) == true;

    /// <inheritdoc/>
    public override PictureList Read(string path, PictureOptions options)
    {
        Dictionary<string, byte[]> files = Directory.Exists(path) ? ReadFolder(Place(path)!) : ReadArchive(path);
        bool isPickle = files.ContainsKey("test_batch") || files.ContainsKey("test");
        bool isCifar10 = files.Keys.Any(name => name.StartsWith("test_batch", StringComparison.Ordinal));
        string split = options.ChooseSplit(path, ["test", "train"])!;
        string[] parts = isCifar10 ? (split == "test" ? ["test_batch"] : Cifar10Train) : [split];
        var pictures = new List<Picture>();
        foreach (string part in parts)
        {
            string name = isPickle ? part : part + ".bin";
            byte[] file = files.GetValueOrDefault(name)
                ?? throw new CertiPureException($"{path} does not hold {name}; get the data set again.");
            pictures.AddRange(isPickle
                ? ReadPickle($"{path}/{name}", file, isCifar10)
                : ReadRecords($"{path}/{name}", file, isCifar10 ? 1 : 2));
        }

        string[] classes = ClassNames(files, isPickle, isCifar10, path);
        return pictures.FirstOrDefault(picture => picture.Label >= classes.Length) is { } stray
            ? throw new CertiPureException($"{path} has a picture of class {stray.Label} and {classes.Length} classes; get the data set again.")
            : new PictureList(NameOf(path), split, classes, pictures, []);
    }

    private static IEnumerable<Picture> ReadRecords(string name, byte[] file, int labels)
    {
        int record = labels + Shape.Length;
        return file.Length > 0 && file.Length % record == 0
            ? Enumerable.Range(0, file.Length / record).Select(i =>
                EncodedPicture.OfPixels(Shape, file.AsMemory((i * record) + labels, Shape.Length), file[(i * record) + labels - 1]))
            : throw new CertiPureException(
                $"{name} has {file.Length} bytes, which do not make whole records of {record} bytes; it is truncated, so get it again.");
    }

    private static IEnumerable<Picture> ReadPickle(string name, byte[] file, bool isCifar10)
    {
        var batch = PickledArrays.Read(name, file);
        byte[] pixels = batch.Bytes("data", Shape.Length);
        int[] labels = batch.Integers(isCifar10 ? "labels" : "fine_labels");
        string[]? files = batch.Contains("filenames") ? batch.Words("filenames") : null;
        return labels.Length * Shape.Length == pixels.Length && (files is null || files.Length == labels.Length)
            ? labels.Select((label, i) =>
                EncodedPicture.OfPixels(Shape, pixels.AsMemory(i * Shape.Length, Shape.Length), label) with { File = files?[i] })
            : throw new CertiPureException($"{name} has {pixels.Length / Shape.Length} pictures and {labels.Length} labels; get it again.");
    }

    private static string[] ClassNames(Dictionary<string, byte[]> files, bool isPickle, bool isCifar10, string path)
    {
        string meta = (isPickle, isCifar10) switch
        {
            (true, true) => "batches.meta",
            (true, false) => "meta",
            (false, true) => "batches.meta.txt",
            _ => "fine_label_names.txt",
        };
        if (!files.TryGetValue(meta, out byte[]? file))
        {
            return [.. Numbered(isCifar10 ? 10 : 100)];
        }

        return isPickle
            ? PickledArrays.Read($"{path}/{meta}", file).Words(isCifar10 ? "label_names" : "fine_label_names")
            : Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>The folder with the files: the one given, or the published folder inside it.</summary>
    private static string? Place(string folder) =>
        ((string[])[
            folder, .. ((string[])["cifar-10-batches-bin", "cifar-10-batches-py", "cifar-100-binary", "cifar-100-python"])
                .Select(name => Path.Combine(folder, name)),
        ]).FirstOrDefault(place =>
            File.Exists(Path.Combine(place, "test_batch")) || File.Exists(Path.Combine(place, "test_batch.bin"))
            || (File.Exists(Path.Combine(place, "test")) && File.Exists(Path.Combine(place, "meta")))
            || (File.Exists(Path.Combine(place, "test.bin")) && File.Exists(Path.Combine(place, "fine_label_names.txt"))));

    private static bool IsWanted(string name) => Names.Contains(name) || Names.Contains(Path.GetFileNameWithoutExtension(name));

    private static Dictionary<string, byte[]> ReadFolder(string folder)
    {
        string[] paths = [.. Directory.GetFiles(folder).Where(path => IsWanted(Path.GetFileName(path)))];
        return paths.Sum(path => new FileInfo(path).Length) > LargestContent
            ? throw new CertiPureException($"The files of {folder} are larger than those of CIFAR can be.")
            : paths.ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
    }

    private static Dictionary<string, byte[]> ReadArchive(string path)
    {
        var files = new Dictionary<string, byte[]>();
        try
        {
            using FileStream file = File.OpenRead(path);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            using var archive = new TarReader(content);
            long total = 0;
            while (archive.GetNextEntry() is { } entry)
            {
                string name = Path.GetFileName(entry.Name);
                if (entry.DataStream is { } data && IsWanted(name))
                {
                    total += entry.Length;
                    if (total > LargestContent)
                    {
                        throw new CertiPureException($"The files in {path} are larger than those of CIFAR can be.");
                    }

                    var bytes = new byte[entry.Length];
                    data.ReadExactly(bytes);
                    files[name] = bytes;
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new CertiPureException($"{path} is not an intact .tar.gz archive ({error.Message.TrimEnd('.')}); get it again.", error);
        }

        return files;
    }

    private static string? FirstEntry(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            using var archive = new TarReader(content);
            return archive.GetNextEntry()?.Name.TrimStart('.', '/');
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }
}
