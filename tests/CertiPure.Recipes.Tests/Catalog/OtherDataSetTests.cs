using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class OtherDataSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-data-").FullName;

    private DataLocations Locations => new([_folder], _folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tiny_imagenet_takes_the_published_images_in_the_order_of_their_numbers_as_colour()
    {
        string place = WriteTinyImageNet(10_050);
        var data = new TinyImageNet(new NumberDecoder());
        Assert.Equal(place, data.Find(Locations));
        IImageSource images = data.Open(place, "val");
        Assert.Equal(10_000, images.Count);
        Assert.Equal(["n0", "n1", "n2"], images.ClassNames);
        Assert.Equal(new ImageShape(3, 64, 64), images.Shape);
        LabeledImage image = images.Read(9_998);
        Assert.Equal((9_998, 9_998 % 3), (image.Id, image.Label));
        Assert.Equal((byte)(9_998 % 251), image.Bytes.Span[^1]);
    }

    [Fact]
    public void Tiny_imagenet_with_a_gap_is_refused()
    {
        string place = WriteTinyImageNet(9_999);
        var error = Assert.Throws<CertiPureException>(() => new TinyImageNet(new NumberDecoder()).Open(place, "val"));
        Assert.Contains("val_9999.JPEG", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<i8")]
    [InlineData("<i4")]
    [InlineData("<i2")]
    public void Imagenet64_counts_its_classes_from_0(string type)
    {
        byte[] pixels = new byte[2 * 12_288];
        pixels[12_288] = 200;
        WriteNpz(("data", "|u1", "(2, 12288)", pixels), ("labels", type, "(2,)", Integers(type, 1000, 1)));
        IImageSource images = new ImageNet64().Open(new ImageNet64().Find(Locations)!, "val");
        Assert.Equal((2, new ImageShape(3, 64, 64), 1000), (images.Count, images.Shape, images.ClassNames.Count));
        Assert.Equal((999, (byte)0), (images.Read(0).Label, images.Read(0).Bytes.Span[0]));
        Assert.Equal((0, (byte)200), (images.Read(1).Label, images.Read(1).Bytes.Span[0]));
    }

    [Theory]
    [InlineData("<i8", -1)]
    [InlineData("<i4", -1)]
    [InlineData("<i2", -1)]
    [InlineData("|i1", -1)]
    [InlineData("<u8", null)]
    [InlineData("<u4", null)]
    [InlineData("<u2", 65_535)]
    [InlineData("|u1", 255)]
    public void A_whole_number_of_all_ones_is_minus_1_where_it_has_a_sign_and_the_largest_where_it_has_none(string type, int? expected)
    {
        WriteNpz(("labels", type, "(1,)", Integers(type, -1)));
        string path = Path.Combine(_folder, "val_data.npz");
        if (expected is { } number)
        {
            Assert.Equal([number], NpzArchive.ReadIntegers(path, "labels", 1));
        }
        else
        {
            Assert.Contains("'labels'", Assert.Throws<CertiPureException>(() => NpzArchive.ReadIntegers(path, "labels", 1)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Damaged_imagenet64_is_refused()
    {
        Refused("1 to 1000", ("data", "|u1", "(2, 12288)", new byte[24_576]), ("labels", "<i8", "(2,)", Integers("<i8", 1, 1001)));
        Refused("1 to 1000", ("data", "|u1", "(2, 12288)", new byte[24_576]), ("labels", "<i8", "(1,)", Integers("<i8", 1)));
        Refused("'data'", ("data", "|u1", "(2, 3072)", new byte[6144]), ("labels", "<i8", "(2,)", Integers("<i8", 1, 2)));
        Refused("'data'", ("data", "<f4", "(2, 12288)", new byte[98_304]), ("labels", "<i8", "(2,)", Integers("<i8", 1, 2)));
        Refused("'data'", ("data", "|u1", "(2, 12288)", new byte[24_575]), ("labels", "<i8", "(2,)", Integers("<i8", 1, 2)));
        Refused("'data'", ("data", "|u1", "(99999999, 12288)", new byte[10]), ("labels", "<i8", "(2,)", Integers("<i8", 1, 2)));
        Refused("'labels'", ("data", "|u1", "(2, 12288)", new byte[24_576]), ("names", "<i8", "(2,)", Integers("<i8", 1, 2)));
        File.WriteAllText(Path.Combine(_folder, "val_data.npz"), "no zip");
        Assert.Throws<CertiPureException>(() => new ImageNet64().Open(_folder, "val"));
        Assert.Equal(["val_data.npz"], new ImageNet64().FindDamage(_folder));
    }

    [Fact]
    public void Cifar10_is_found_in_its_folder_and_differs_from_what_was_published()
    {
        string place = Directory.CreateDirectory(Path.Combine(_folder, "cifar-10-batches-bin")).FullName;
        var data = new Cifar10();
        Assert.Null(data.Find(Locations));
        foreach (string name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
        {
            File.WriteAllBytes(Path.Combine(place, name + ".bin"), new byte[3073 * 2]);
        }

        Assert.Equal(place, data.Find(Locations));
        Assert.Equal((2, 10), (data.Open(place, "test").Count, data.Open(place, "train").Count));
        Assert.Equal(6, data.FindDamage(place).Count);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.6)]
    public async Task Cifar10_is_unpacked_whole_or_not_at_all(double share)
    {
        byte[] archive = Archive();
        byte[] sent = archive[..(int)(share * archive.Length)];
        using var host = new ScriptedHost { Files = { ["cifar-10-binary.tar.gz"] = sent } };
        using var client = new HttpClient(host);
        var data = new Cifar10(client, Convert.ToHexStringLower(SHA256.HashData(sent)));
        Task<string> unpacking = data.GetAsync(Locations, _ => { }, TestContext.Current.CancellationToken);
        if (share < 1)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => unpacking);
            Assert.Null(data.Find(Locations));
            return;
        }

        string folder = await unpacking;
        Assert.Equal(folder, data.Find(Locations));
        Assert.Equal(2, data.Open(folder, "test").Count);

        static byte[] Archive()
        {
            using var bytes = new MemoryStream();
            using (var packed = new GZipStream(bytes, CompressionLevel.NoCompression))
            using (var tar = new TarWriter(packed))
            {
                foreach (string name in (string[])["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
                {
                    tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{name}.bin")
                    {
                        DataStream = new MemoryStream(new byte[3073 * 2]),
                    });
                }
            }

            return bytes.ToArray();
        }
    }

    [Fact]
    public async Task A_data_set_that_is_not_here_is_refused_with_what_to_do()
    {
        var error = await Assert.ThrowsAsync<CertiPureException>(() => DataSets.OpenAsync(
            "cifar10", new PictureOptions(), Locations, _ => { }, TestContext.Current.CancellationToken));
        Assert.Contains("cifar-10-binary.tar.gz", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.DownloadMissing, error.Reason);
    }

    [Fact]
    public async Task A_path_has_no_split()
    {
        var error = await Assert.ThrowsAsync<CertiPureException>(() => DataSets.OpenAsync(
            _folder, new PictureOptions { Split = "test" }, Locations, _ => { }, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    private void Refused(string word, params (string, string, string, byte[])[] arrays)
    {
        WriteNpz(arrays);
        var error = Assert.Throws<CertiPureException>(() => new ImageNet64().Open(_folder, "val"));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    private string WriteTinyImageNet(int count)
    {
        string place = Path.Combine(_folder, "tiny-imagenet-200");
        Directory.CreateDirectory(Path.Combine(place, "val", "images"));
        // Annotations come in any order.
        File.WriteAllLines(
            Path.Combine(place, "val", "val_annotations.txt"),
            Enumerable.Range(0, count).Reverse().Select(i => $"val_{i}.JPEG\tn{i % 3}\t0\t0\t63\t63"));
        foreach (int i in (int[])[0, 9_998])
        {
            File.WriteAllText(Path.Combine(place, "val", "images", $"val_{i}.JPEG"), $"{i}");
        }

        return place;
    }

    private void WriteNpz(params (string Name, string Type, string Shape, byte[] Values)[] arrays)
    {
        using var archive = new ZipArchive(File.Create(Path.Combine(_folder, "val_data.npz")), ZipArchiveMode.Create);
        foreach ((string name, string type, string shape, byte[] values) in arrays)
        {
            using Stream entry = archive.CreateEntry(name + ".npy").Open();
            string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
            entry.Write(Encoding.ASCII.GetBytes(header));
            entry.Write(values);
        }
    }

    private static byte[] Integers(string type, params int[] values) =>
        [.. values.SelectMany(value => BitConverter.GetBytes((long)value)[..int.Parse(type[2..], System.Globalization.CultureInfo.InvariantCulture)])];

    /// <summary>Takes a number for a grey picture.</summary>
    private sealed class NumberDecoder : IImageDecoder
    {
        public LabeledImage Decode(ReadOnlyMemory<byte> file, string name)
        {
            var bytes = new byte[64 * 64];
            Array.Fill(bytes, (byte)(int.Parse(Encoding.UTF8.GetString(file.Span), System.Globalization.CultureInfo.InvariantCulture) % 251));
            return new LabeledImage(0, null, new ImageShape(1, 64, 64), bytes);
        }
    }
}
