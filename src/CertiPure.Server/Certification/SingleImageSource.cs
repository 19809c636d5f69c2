using CertiPure.Images;
using CertiPure.Results;

namespace CertiPure.Server.Certification;

/// <summary>One image as a source of its own: its hash is of its pixels alone, whatever data set it comes from.</summary>
/// <param name="image">The image.</param>
/// <param name="name">Its data set, or <c>upload</c>.</param>
/// <param name="split">The data set's split, or null.</param>
internal sealed class SingleImageSource(LabeledImage image, string name, string? split) : IImageSource
{
    public string Name => name;

    public string? Split => split;

    public ImageShape Shape => image.Shape;

    public int Count => 1;

    public IReadOnlyList<string> ClassNames => [];

    public string PixelSha256 => CertificateDocument.HashOf(image.Bytes.Span);

    public LabeledImage Read(int id) => id == image.Id ? image : throw new ArgumentOutOfRangeException(nameof(id));
}
