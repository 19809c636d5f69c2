using CertiPure.Images;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// NumPy archives: MedMNIST's (<c>test_images</c>, <c>test_labels</c>), ImageNet-64's (<c>data</c> in planes, <c>labels</c> from 1), and plain pairs
/// (<c>images</c> and <c>labels</c>, <c>x</c> and <c>y</c>, <c>x_test</c> and <c>y_test</c>).
/// </summary>
internal sealed class NpzForm : ImageForm
{
    private static readonly string[] Splits = ["train", "val", "test"];
    private static readonly string[] ImageNames = ["images", "x", "X", "data"];
    private static readonly string[] LabelNames = ["labels", "y", "Y", "label"];

    /// <inheritdoc/>
    public override string Description => ".npz: MedMNIST's, ImageNet-64's, images and labels, x and y";

    /// <inheritdoc/>
    public override bool Fits(string path) =>
        File.Exists(path) && Start(path, 4) is [(byte)'P', (byte)'K', 3, 4] && NpzArchive.Names(path).Count > 0;

    /// <inheritdoc/>
    public override PictureList Read(string path, PictureOptions options)
    {
        IReadOnlyList<string> names = NpzArchive.Names(path);
        string[] splits = [.. Splits.Where(name => Find(names, name, ImageNames) is not null)];
        string? split = options.ChooseSplit(path, splits);
        string images = Find(names, split, ImageNames)
            ?? throw new CertiPureException(
                $"{path} holds the arrays {string.Join(", ", names)} and none of images; name it images, x or data.");
        string? labelName = Find(names, split, LabelNames);
        (ImageShape shape, byte[] pixels) = ReadPixels(path, images);
        int count = pixels.Length / shape.Length;
        int[]? labels = labelName is null ? null : ReadLabels(path, labelName, count);
        // ImageNet-64 counts its classes from 1; a set that counts from 0 has images of class 0.
        if (labels is not null && images == "data" && labels.Min() == 1)
        {
            labels = [.. labels.Select(label => label - 1)];
        }

        return new PictureList(
            NameOf(path),
            split,
            labels is null ? [] : Numbered(labels.Max() + 1),
            [.. Enumerable.Range(0, count).Select(i =>
                EncodedPicture.OfPixels(shape, pixels.AsMemory(i * shape.Length, shape.Length), labels?[i]))],
            []);
    }

    private static string? Find(IReadOnlyList<string> names, string? split, string[] bases) =>
        bases.SelectMany(one => split is null ? (string[])[one] : [$"{split}_{one}", $"{one}_{split}"]).FirstOrDefault(names.Contains);

    private static (ImageShape Shape, byte[] Pixels) ReadPixels(string path, string name)
    {
        (string type, int[] sizes, byte[] bytes) = NpzArchive.ReadArray(path, name);
        if (type != "|u1")
        {
            throw new CertiPureException(
                $"The array '{name}' of {path} is of type {type}; store pixels as whole numbers from 0 to 255 (uint8), so that it is clear which "
                + "images are certified.");
        }

        switch (sizes)
        {
            case [_, var height, var width]:
                return (new ImageShape(1, height, width), bytes);
            case [var count, var height, var width, 1 or 3 or 4]:
                return Interleaved(bytes, count, height, width, sizes[3]);
            case [_, 1 or 3, var height, var width]:
                return (new ImageShape(sizes[1], height, width), bytes);
            case [_, var length] when Side(length) is var side and > 0:
                return (new ImageShape(length == 3 * side * side ? 3 : 1, side, side), bytes);
            default:
                throw new CertiPureException(
                    $"The array '{name}' of {path} has the shape [{string.Join(", ", sizes)}], which is not one of images: [N, H, W], [N, H, W, C], "
                    + "[N, C, H, W] with 1 or 3 channels, or [N, 3 H H].");
        }
    }

    private static (ImageShape Shape, byte[] Pixels) Interleaved(byte[] bytes, int count, int height, int width, int channels)
    {
        // A fourth channel is transparency, which data sets' loaders drop.
        var shape = new ImageShape(Math.Min(channels, 3), height, width);
        var planes = new byte[checked(count * shape.Length)];
        for (int i = 0; i < planes.Length; i++)
        {
            int place = i % (height * width), channel = i / (height * width) % shape.Channels, image = i / shape.Length;
            planes[i] = bytes[(((image * height * width) + place) * channels) + channel];
        }

        return (shape, planes);
    }

    private static int Side(int length)
    {
        foreach (int channels in (int[])[3, 1])
        {
            int side = (int)Math.Round(Math.Sqrt((double)length / channels));
            if (side > 1 && side * side * channels == length)
            {
                return side;
            }
        }

        return 0;
    }

    private static int[] ReadLabels(string path, string name, int count)
    {
        (string type, int[] sizes, byte[] bytes) = NpzArchive.ReadArray(path, name);
        if (sizes is [_, > 1])
        {
            throw new CertiPureException(
                $"The array '{name}' of {path} has {sizes[1]} labels per image; a certificate is about one class per image, so sets of several "
                + "labels cannot be certified.",
                ErrorReason.Refused);
        }

        int[] labels = NpzArchive.ToIntegers(path, name, type, bytes);
        return labels.Length != count ? throw new CertiPureException($"{path} has {count} images and {labels.Length} labels; they must be as many.")
            : labels.Min() < 0 ? throw new CertiPureException($"The array '{name}' of {path} has the label {labels.Min()}; number the classes from 0.")
            : labels;
    }
}
