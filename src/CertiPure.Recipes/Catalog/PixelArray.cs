using System.Globalization;
using System.Security.Cryptography;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>Images that lie in memory, one after the other.</summary>
internal sealed class PixelArray : IImageSource
{
    private readonly ReadOnlyMemory<byte> _pixels;
    private readonly int[] _labels;
    private readonly Lazy<string> _pixelSha256;

    /// <summary>Wraps the pixels.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="split">The split.</param>
    /// <param name="shape">The shape of each image.</param>
    /// <param name="pixels">Image after image, each <c>[C,H,W]</c> row-major.</param>
    /// <param name="labels">One label per image.</param>
    /// <param name="classCount">The number of classes.</param>
    public PixelArray(string name, string split, ImageShape shape, ReadOnlyMemory<byte> pixels, int[] labels, int classCount)
    {
        Name = name;
        Split = split;
        Shape = shape;
        _pixels = pixels;
        _labels = labels;
        ClassNames = [.. Enumerable.Range(0, classCount).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        _pixelSha256 = new Lazy<string>(() => Convert.ToHexStringLower(SHA256.HashData(pixels.Span)));
    }

    public string Name { get; }

    public string? Split { get; }

    public ImageShape Shape { get; }

    public int Count => _labels.Length;

    public IReadOnlyList<string> ClassNames { get; }

    public string PixelSha256 => _pixelSha256.Value;

    public LabeledImage Read(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        return new LabeledImage(id, _labels[id], Shape, _pixels.Slice(id * Shape.Length, Shape.Length));
    }
}
