using System.IO.Compression;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>Pairs of IDX files as MNIST's relatives have them (<c>train-images-idx3-ubyte</c> and <c>train-labels-idx1-ubyte</c>), plain or with
/// gzip: one file of images, or a folder of them whose splits are what the names begin with (<c>t10k</c> is the test split).</summary>
internal sealed class IdxForm : ImageForm
{
    /// <inheritdoc/>
    public override string Description => "IDX: any pair of images and labels, plain or .gz";

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path) ? ImageFiles(path).Any() : IsImages(path);

    /// <inheritdoc/>
    public override PictureList Read(string path, PictureOptions options)
    {
        string? split = null;
        string images = path;
        if (Directory.Exists(path))
        {
            var bySplit = new Dictionary<string, string>();
            foreach (string file in ImageFiles(path))
            {
                if (!bySplit.TryAdd(SplitOf(file), file))
                {
                    throw new CertiPureException(
                        $"{path} holds {Path.GetFileName(bySplit[SplitOf(file)])} and {Path.GetFileName(file)} for one split; name one of the files.");
                }
            }

            split = bySplit.Count == 1 && options.Split is null ? null : options.ChooseSplit(path, bySplit.Keys);
            images = split is null ? bySplit.Values.Single() : bySplit[split];
        }
        else
        {
            options.ChooseSplit(path, []);
        }

        string? labels = LabelsOf(images);
        ImageSet set = Idx.Read(images, labels, NameOf(path), split, Numbered(256));
        LabeledImage[] all = [.. Enumerable.Range(0, set.Count).Select(set.Read)];
        return new PictureList(
            NameOf(path),
            split,
            labels is null ? [] : Numbered(all.Max(image => image.Label!.Value) + 1),
            [.. all.Select(image => EncodedPicture.OfPixels(image.Shape, image.Bytes, image.Label))],
            []);
    }

    private static IEnumerable<string> ImageFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*images*").Where(IsImages).Order(StringComparer.Ordinal);

    private static string SplitOf(string path)
    {
        string name = Path.GetFileName(path);
        string split = name[..name.IndexOf("images", StringComparison.Ordinal)].TrimEnd('-', '_', '.');
        return split is "t10k" ? "test" : split.Length == 0 ? "images" : split.EndsWith("-test", StringComparison.Ordinal) ? "test"
            : split.EndsWith("-train", StringComparison.Ordinal) ? "train" : split;
    }

    /// <summary>The labels beside a file of images: the same name with <c>labels</c> and <c>idx1</c>.</summary>
    private static string? LabelsOf(string images)
    {
        string name = Path.GetFileName(images)
            .Replace("images", "labels", StringComparison.Ordinal).Replace("idx3", "idx1", StringComparison.Ordinal);
        string plain = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        return ((string[])[name, plain, plain + ".gz"])
            .Select(one => Path.Combine(Path.GetDirectoryName(images) ?? "", one))
            .FirstOrDefault(one => one != images && File.Exists(one));
    }

    private static bool IsImages(string path)
    {
        byte[] start = Start(path, 4);
        if (start is [0x1F, 0x8B, ..])
        {
            try
            {
                using FileStream file = File.OpenRead(path);
                using var content = new GZipStream(file, CompressionMode.Decompress);
                content.ReadExactly(start);
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
            {
                return false;
            }
        }

        return start is [0, 0, 8, 3];
    }
}
