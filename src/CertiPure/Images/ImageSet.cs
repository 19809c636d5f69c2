using System.Security.Cryptography;

namespace CertiPure.Images;

/// <summary>Images of one shape in memory: what the readers of data set files return.</summary>
public sealed class ImageSet : IImageSource
{
    private readonly ReadOnlyMemory<byte> _pixels;
    private readonly int[]? _labels;
    private readonly Lazy<string> _hash;

    /// <summary>Wraps pixels and labels without copying them.</summary>
    /// <param name="name">The data set's name as on the command line, or the path's last part.</param>
    /// <param name="split">The split (<c>train</c>, <c>test</c>), or null.</param>
    /// <param name="shape">The shape of every image.</param>
    /// <param name="pixels">The pixels 0 to 255, <c>[N,C,H,W]</c> row-major.</param>
    /// <param name="labels">N labels, or null where they are unknown.</param>
    /// <param name="classNames">The classes' names in label order; empty where labels are unknown.</param>
    /// <exception cref="CertiPureException">Pixels, labels and class names do not belong together.</exception>
    public ImageSet(
        string name,
        string? split,
        ImageShape shape,
        ReadOnlyMemory<byte> pixels,
        int[]? labels,
        IReadOnlyList<string> classNames)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(classNames);
        if (shape.Channels < 1 || shape.Height < 1 || shape.Width < 1 || pixels.Length % shape.Length != 0)
        {
            throw new CertiPureException($"{name} has {pixels.Length} pixel values, which do not make whole images of {shape}.");
        }

        Name = name;
        Split = split;
        Shape = shape;
        Count = pixels.Length / shape.Length;
        ClassNames = classNames;
        _pixels = pixels;
        _labels = labels;
        _hash = new Lazy<string>(() => Convert.ToHexStringLower(SHA256.HashData(_pixels.Span)));
        CheckLabels();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string? Split { get; }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public string PixelSha256 => _hash.Value;

    /// <summary>A set of one image: a single file, an upload.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="image">The image, with id 0.</param>
    /// <exception cref="CertiPureException">Its pixels do not fit its shape.</exception>
    public static ImageSet Of(string name, LabeledImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ImageSet(name, null, image.Shape, image.Bytes, null, []);
    }

    /// <inheritdoc/>
    public LabeledImage Read(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        return new LabeledImage(id, _labels?[id], Shape, _pixels.Slice(id * Shape.Length, Shape.Length));
    }

    private void CheckLabels()
    {
        if (_labels is null)
        {
            return;
        }

        if (_labels.Length != Count)
        {
            throw new CertiPureException(
                $"{Name} has {Count} images but {_labels.Length} labels; take the two files of one split.");
        }

        int wrong = Array.FindIndex(_labels, label => label < 0 || label >= ClassNames.Count);
        if (wrong >= 0)
        {
            throw new CertiPureException(
                $"Image {wrong} of {Name} has label {_labels[wrong]}, but there are only the classes 0 to {ClassNames.Count - 1}; "
                + "the file is damaged or belongs to another data set.");
        }
    }
}
