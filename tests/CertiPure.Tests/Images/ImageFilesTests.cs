using System.Security.Cryptography;
using CertiPure.Images;

namespace CertiPure.Tests.Images;

public sealed class ImageFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_images_has_ids_in_ordinal_order_and_no_labels()
    {
        _folder.Write("b.PNG", 2, 2);
        _folder.Write("a.png", 1, 1);
        _folder.Write("B.jpg", 3, 3);
        _folder.Write("readme.txt", 9);
        ImageFiles files = ImageFiles.OpenFolder(_folder.Path, new RowDecoder());
        Assert.Equal([3, 1, 2], Enumerable.Range(0, 3).Select(id => files.Read(id).Bytes.Span[0]));
        Assert.All(Enumerable.Range(0, 3), id => Assert.Equal((id, null), (files.Read(id).Id, files.Read(id).Label)));
        Assert.Equal((new ImageShape(1, 1, 2), 3), (files.Shape, files.Count));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(new byte[] { 3, 3, 1, 1, 2, 2 })), files.PixelSha256);
        Assert.Equal(Path.GetFileName(_folder.Path), files.Name);
    }

    [Fact]
    public void A_folder_per_class_gives_labels()
    {
        _folder.Write("dog/1.png", 5, 5);
        _folder.Write("cat/2.png", 6, 6);
        _folder.Write("cat/1.png", 7, 7);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        ImageFiles files = ImageFiles.OpenFolder(_folder.Path + "/", new RowDecoder());
        Assert.Equal(["cat", "dog"], files.ClassNames);
        Assert.Equal([(7, 0), (6, 0), (5, 1)], Enumerable.Range(0, 3).Select(files.Read).Select(i => ((int)i.Bytes.Span[0], i.Label!.Value)));
    }

    [Fact]
    public void Folders_that_are_missing_empty_or_ambiguous_are_refused()
    {
        AssertRefused("does not exist", Path.Combine(_folder.Path, "none"));
        AssertRefused("holds no images", _folder.Path);
        _folder.Write("a.png", 1);
        _folder.Write("cat/1.png", 1);
        AssertRefused("both images and folders", _folder.Path);
    }

    [Fact]
    public void An_image_of_another_size_is_refused_when_it_is_read()
    {
        _folder.Write("a.png", 1, 1);
        _folder.Write("b.png", 1, 1, 1);
        ImageFiles files = ImageFiles.OpenFolder(_folder.Path, new RowDecoder());
        var error = Assert.Throws<CertiPureException>(() => files.Read(1));
        Assert.Contains("1x1x3, but the first image is 1x1x2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_without_a_class_is_refused()
    {
        string path = _folder.Write("a.png", 1);
        Assert.Throws<CertiPureException>(() => new ImageFiles("x", null, [(path, 2)], ["a", "b"], new RowDecoder()));
    }

    private static void AssertRefused(string says, string folder) =>
        Assert.Contains(
            says,
            Assert.Throws<CertiPureException>(() => ImageFiles.OpenFolder(folder, new RowDecoder())).Message,
            StringComparison.Ordinal);

    /// <summary>A format of one row of grey pixels without any header.</summary>
    private sealed class RowDecoder : IImageDecoder
    {
        public LabeledImage Decode(ReadOnlyMemory<byte> file, string name) => new(0, null, new ImageShape(1, 1, file.Length), file);
    }
}
