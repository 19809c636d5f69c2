using System.Globalization;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>The validation images of ImageNet downsampled to 64x64 (Chrabaszcz, Loshchilov and Hutter 2017), from the
/// <c>val_data.npz</c> that image-net.org offers to those who registered: 50,000 colour images, 1,000 classes.</summary>
public sealed class ImageNet64 : DataSet
{
    private const string FileName = "val_data.npz";
    private const int ImageCount = 50_000;
    private const int ClassCount = 1000;
    private static readonly ImageShape Shape = new(3, 64, 64);
    private static readonly string[] ClassNames =
        [.. Enumerable.Range(0, ClassCount).Select(label => label.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public override string Name => "imagenet64";

    /// <inheritdoc/>
    public override string Description => "64x64 colour pictures, 1,000 classes, the 50,000 validation images";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Splits { get; } = ["val"];

    /// <inheritdoc/>
    public override string Advice =>
        $"get Imagenet64_val_npz.zip from https://image-net.org/download-images after registering, and put its {FileName} into a "
        + "folder imagenet64 of the data folder";

    /// <inheritdoc/>
    public override string? Find(DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        return locations.Find(Name, folder => File.Exists(Path.Combine(folder, FileName)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindDamage(string folder)
    {
        try
        {
            return Open(folder, "val").Count == ImageCount ? [] : [FileName];
        }
        catch (CertiPureException)
        {
            return [FileName];
        }
    }

    /// <inheritdoc/>
    protected override IImageSource OpenSplit(string folder, string split)
    {
        string path = Path.Combine(folder, FileName);
        byte[] pixels = NpzArchive.ReadBytes(path, "data", Shape.Length, ImageCount);
        // The published labels count from 1.
        int[] labels = [.. NpzArchive.ReadIntegers(path, "labels", ImageCount).Select(label => label - 1)];
        return labels.Length * (long)Shape.Length == pixels.Length && labels.All(label => label is >= 0 and < ClassCount)
            ? new ImageSet(Name, split, Shape, pixels, labels, ClassNames)
            : throw new CertiPureException(
                $"{path} has {pixels.Length / Shape.Length} images and {labels.Length} labels, which must be as many and from 1 to "
                + $"{ClassCount}; download it again.");
    }
}
