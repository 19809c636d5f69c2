using System.Security.Cryptography;
using CertiPure.Images;

namespace CertiPure.Tests.Images;

public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_have_the_order_and_labels_that_are_given_and_the_hash_of_their_pixels()
    {
        string one = _folder.Write("b.png", 2, 2), other = _folder.Write("a.png", 1, 1);
        var files = new ImageFiles("x", "val", [(one, 1), (other, 0)], ["a", "b"], new RowDecoder(), _folder.Path);
        Assert.Equal([(0, 1, 2, "b.png"), (1, 0, 1, "a.png")], Enumerable.Range(0, 2).Select(files.Read)
            .Select(image => (image.Id, image.Label!.Value, (int)image.Bytes.Span[0], image.File!)));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(new byte[] { 2, 2, 1, 1 })), files.PixelSha256);
    }

    [Fact]
    public void An_image_of_another_size_is_refused_when_it_is_read()
    {
        string one = _folder.Write("a.png", 1, 1), other = _folder.Write("b.png", 1, 1, 1);
        var files = new ImageFiles("x", null, [(one, null), (other, null)], [], new RowDecoder());
        var error = Assert.Throws<CertiPureException>(() => files.Read(1));
        Assert.Contains("1x1x3, but the first image is 1x1x2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_without_a_class_is_refused()
    {
        string path = _folder.Write("a.png", 1);
        Assert.Throws<CertiPureException>(() => new ImageFiles("x", null, [(path, 2)], ["a", "b"], new RowDecoder()));
    }

    /// <summary>A format of one row of grey pixels without any header.</summary>
    private sealed class RowDecoder : IImageDecoder
    {
        public LabeledImage Decode(ReadOnlyMemory<byte> file, string name) => new(0, null, new ImageShape(1, 1, file.Length), file);
    }
}
