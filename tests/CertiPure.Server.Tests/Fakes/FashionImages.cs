using CertiPure.Images;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>The first test image of each class of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, MIT licence), by label.</summary>
public sealed class FashionImages : IImageSource
{
    private readonly byte[] _pixels;

    public FashionImages()
    {
        using Stream stream = typeof(FashionImages).Assembly.GetManifestResourceStream("one-of-each-class.bin")!;
        _pixels = new byte[stream.Length];
        stream.ReadExactly(_pixels);
    }

    public string Name => "fashion-mnist";

    public string? Split => "test";

    public ImageShape Shape { get; } = new(1, 28, 28);

    public int Count => 10;

    public IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    public string PixelSha256 => Results.CertificateDocument.HashOf(_pixels);

    public LabeledImage Read(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        return new LabeledImage(id, id, Shape, _pixels.AsMemory(id * Shape.Length, Shape.Length));
    }
}
