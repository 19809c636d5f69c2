using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using CertiPure.Images;

namespace CertiPure.Tests.Images;

public sealed class IdxTests : IDisposable
{
    private static readonly string[] Classes = ["a", "b", "c"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_and_labels_are_read_plain_or_compressed(bool compressed)
    {
        byte[] pixels = [.. Enumerable.Range(0, 3 * 2 * 4).Select(i => (byte)i)];
        Write("t10k-images-idx3-ubyte", compressed, Bytes(0x803, [3, 2, 4], pixels));
        Write("t10k-labels-idx1-ubyte", compressed, Bytes(0x801, [3], 2, 0, 1));
        ImageSet set = Idx.ReadFolder(_folder.Path, "test", "tiny", Classes);
        Assert.Equal((3, new ImageShape(1, 2, 4), "tiny", "test"), (set.Count, set.Shape, set.Name, set.Split));
        LabeledImage image = set.Read(1);
        Assert.Equal((1, (int?)0), (image.Id, image.Label));
        Assert.Equal(pixels[8..16], image.Bytes.ToArray());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(pixels)), set.PixelSha256);
        Assert.Equal(8 / 255f, image.ToPixels()[0]);
    }

    [Fact]
    public void Labels_may_be_unknown()
    {
        string images = Write("images", false, Bytes(0x803, [1, 1, 1], 9));
        Assert.Null(Idx.Read(images, null, "x", null, []).Read(0).Label);
    }

    [Fact]
    public void The_first_image_of_fashion_mnist_is_an_ankle_boot()
    {
        const string Package = "/usr/share/datasets/fashion-mnist";
        Assert.SkipUnless(Directory.Exists(Package), "The Debian package dataset-fashion-mnist is not installed.");
        ImageSet set = Idx.ReadFolder(Package, "test", "fashion-mnist", [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        Assert.Equal((10_000, new ImageShape(1, 28, 28), (int?)9), (set.Count, set.Shape, set.Read(0).Label));
    }

    public static TheoryData<string, byte[], string> DamagedFiles => new()
    {
        { "empty", [], "ends before" },
        { "half a header", [0, 0, 8, 3, 0, 0], "ends before" },
        { "another magic number", Bytes(0x801, [1, 1, 1], 1), "begins with 00000801" },
        { "too few values", Bytes(0x803, [2, 2, 2], 1, 2, 3), "ends before" },
        { "too many values", Bytes(0x803, [1, 1, 1], 1, 2), "goes on after" },
        { "a negative size", Bytes(0x803, [-1, 2, 2]), "not a possible size" },
        { "sizes whose product overflows", Bytes(0x803, [65536, 65536, 65536]), "not a possible size" },
        { "sizes whose product is negative", Bytes(0x803, [int.MaxValue, int.MaxValue, 2]), "not a possible size" },
        { "a gigabyte that is not there", Bytes(0x803, [1 << 16, 1 << 7, 1 << 7]), "ends before" },
        { "images without pixels", Bytes(0x803, [5, 0, 0]), "declares images of 0x0" },
        { "images that are too wide", Bytes(0x803, [0, 1, 5000]), "declares images of 1x5000" },
        { "a gzip beginning without a rest", [0x1f, 0x8b], "ends before" },
        { "a torn gzip file", Compress(Bytes(0x803, [10, 10, 10], Noise(1000)))[..200], "" },
        { "a gzip file of noise", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff, 0xff], "gzip" },
    };

    [Theory]
    [MemberData(nameof(DamagedFiles))]
    public void A_damaged_file_is_refused_with_a_sentence(string what, byte[] file, string says)
    {
        string path = Write("images", false, file);
        var error = Assert.Throws<CertiPureException>(() => Idx.Read(path, null, what, null, []));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.Failed, error.Reason);
    }

    [Fact]
    public void Random_bytes_are_refused_and_never_crash()
    {
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] file = new byte[random.Next(0, 200)];
            random.NextBytes(file);
            if (i % 2 == 0 && file.Length > 4)
            {
                BinaryPrimitives.WriteInt32BigEndian(file, 0x803);
            }

            Assert.Throws<CertiPureException>(() => Idx.Read(Write("images", i % 3 == 0, file), null, "x", null, []));
        }
    }

    [Fact]
    public void Labels_that_do_not_fit_are_refused()
    {
        string images = Write("images", false, Bytes(0x803, [2, 1, 1], 1, 2));
        string three = Write("three", false, Bytes(0x801, [3], 0, 1, 2));
        string beyond = Write("beyond", false, Bytes(0x801, [2], 0, 3));
        Assert.Contains(
            "2 images but 3 labels",
            Assert.Throws<CertiPureException>(() => Idx.Read(images, three, "x", null, Classes)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Image 1 of x has label 3",
            Assert.Throws<CertiPureException>(() => Idx.Read(images, beyond, "x", null, Classes)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_an_unknown_split_are_refused()
    {
        Assert.Contains(
            "does not exist",
            Assert.Throws<CertiPureException>(() => Idx.ReadFolder(_folder.Path, "train", "x", Classes)).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            ErrorReason.InvalidArgument,
            Assert.Throws<CertiPureException>(() => Idx.ReadFolder(_folder.Path, "validation", "x", Classes)).Reason);
    }

    private static byte[] Bytes(int magic, int[] sizes, params byte[] values)
    {
        byte[] header = new byte[4 * (sizes.Length + 1)];
        BinaryPrimitives.WriteInt32BigEndian(header, magic);
        for (int i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * (i + 1)), sizes[i]);
        }

        return [.. header, .. values];
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(2).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    private string Write(string name, bool compressed, byte[] bytes) =>
        compressed ? _folder.Write(name + ".gz", Compress(bytes)) : _folder.Write(name, bytes);
}
