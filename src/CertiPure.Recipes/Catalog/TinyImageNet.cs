using System.Globalization;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>The labelled validation images of Tiny-ImageNet-200 (Stanford CS231n): 64x64 colour, 200 classes, 10,000 images, as
/// its archive unpacks. Labels count the classes of the images in ordinal order of their WordNet ids.</summary>
public sealed class TinyImageNet : DataSet
{
    /// <summary>The published validation images are val_0 to val_9999; copies with more have added some.</summary>
    private const int ImageCount = 10_000;

    private readonly ColourDecoder _decoder;

    /// <summary>The data set.</summary>
    /// <param name="decoder">Decodes its JPEG files.</param>
    public TinyImageNet(IImageDecoder decoder) => _decoder = new ColourDecoder(decoder);

    /// <inheritdoc/>
    public override string Name => "tiny-imagenet";

    /// <inheritdoc/>
    public override string Description => "64x64 colour pictures, 200 classes, the 10,000 validation images (JPEG)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Splits { get; } = ["val"];

    /// <inheritdoc/>
    public override string Advice =>
        "unpack http://cs231n.stanford.edu/tiny-imagenet-200.zip into the data folder";

    /// <inheritdoc/>
    public override string? Find(DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        return locations.Find("tiny-imagenet-200", HasAnnotations) ?? locations.Find("tiny-imagenet", HasAnnotations);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindDamage(string folder) =>
        [.. Annotations(folder).Select(image => image.Path).Where(path => !File.Exists(path)).Select(path => Path.GetFileName(path))];

    /// <inheritdoc/>
    protected override IImageSource OpenSplit(string folder, string split)
    {
        (string Path, string Class)[] images = [.. Annotations(folder)];
        string[] classes = [.. images.Select(image => image.Class).Distinct().Order(StringComparer.Ordinal)];
        return new ImageFiles(
            Name,
            split,
            [.. images.Select(image => (image.Path, (int?)Array.BinarySearch(classes, image.Class, StringComparer.Ordinal)))],
            classes,
            _decoder);
    }

    private static bool HasAnnotations(string folder) => File.Exists(AnnotationsPath(folder));

    private static string AnnotationsPath(string folder) => Path.Combine(folder, "val", "val_annotations.txt");

    /// <summary>The images in the order of their numbers, each with its WordNet id.</summary>
    private static (string Path, string Class)[] Annotations(string folder)
    {
        string path = AnnotationsPath(folder);
        var classes = new string?[ImageCount];
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                string[] cells = line.Split('\t');
                if (cells.Length < 2
                    || !cells[0].StartsWith("val_", StringComparison.Ordinal)
                    || !int.TryParse(Path.GetFileNameWithoutExtension(cells[0])[4..], CultureInfo.InvariantCulture, out int number))
                {
                    throw new CertiPureException($"{path} has a line that is not an annotation: '{line}'; unpack the archive again.");
                }

                if (number is >= 0 and < ImageCount)
                {
                    classes[number] = cells[1];
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }

        int missing = Array.IndexOf(classes, null);
        return missing < 0
            ? [.. classes.Select((name, number) =>
                (Path.Combine(folder, "val", "images", string.Create(CultureInfo.InvariantCulture, $"val_{number}.JPEG")), name!))]
            : throw new CertiPureException($"{path} does not name val_{missing}.JPEG; unpack the archive again.");
    }
}
