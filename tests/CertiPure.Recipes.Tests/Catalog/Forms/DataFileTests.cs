using System.Formats.Tar;
using CertiPure.Recipes.Catalog.Forms;

namespace CertiPure.Recipes.Tests.Catalog.Forms;

/// <summary>Sets in files of many pictures, written by NumPy, Python's pickle and tarfile, and DuckDB (Sets/make.py).</summary>
public sealed class DataFileTests
{
    [Theory]
    [InlineData("medmnist.npz", "test", "0,1,2")]
    [InlineData("imagenet64.npz", null, "0,1,2")]
    [InlineData("images-labels.npz", null, "0,1,2")]
    [InlineData("pictures.parquet", null, "ant,bee,cat")]
    [InlineData("web-test-000.tar", null, "0,1,2")]
    public void Every_form_gives_the_six_pictures_with_their_labels_and_class_names(string name, string? split, string classes)
    {
        var found = OwnPictures.Open(SetFolder.Committed(name), new PictureOptions());

        Assert.Equal((6, split), (found.Count, found.Split));
        Assert.Equal(classes.Split(','), found.ClassNames);
        Assert.All(Enumerable.Range(0, 6), i =>
        {
            Assert.Equal(i % 3, found.Read(i).Label);
            Assert.Equal(SetFolder.Pixels(i), found.Read(i).Bytes.ToArray());
        });
    }

    [Theory]
    [InlineData("xy.npz", "test")]
    [InlineData("t10k-images-idx3-ubyte", null)]
    public void Grey_forms_give_the_six_pictures_first_channel(string name, string? split)
    {
        var found = OwnPictures.Open(SetFolder.Committed(name), new PictureOptions());

        Assert.Equal((6, 1, split), (found.Count, found.Shape.Channels, found.Split));
        Assert.All(Enumerable.Range(0, 6), i =>
        {
            Assert.Equal(i % 3, found.Read(i).Label);
            Assert.Equal(SetFolder.Pixels(i)[..64], found.Read(i).Bytes.ToArray());
        });
    }

    [Theory]
    [InlineData("cifar-10-python.tar.gz", false)]
    [InlineData("cifar-100-python.tar.gz", false)]
    [InlineData("cifar-100-binary.tar.gz", false)]
    [InlineData("cifar-10-python.tar.gz", true)]
    [InlineData("cifar-100-python.tar.gz", true)]
    [InlineData("cifar-100-binary.tar.gz", true)]
    public void Cifar_is_read_from_its_archive_and_unpacked(string name, bool unpacked)
    {
        using var folder = new SetFolder();
        string path = SetFolder.Committed(name);
        if (unpacked)
        {
            using FileStream file = File.OpenRead(path);
            using var content = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
            TarFile.ExtractToDirectory(content, folder.Path, overwriteFiles: false);
            path = Directory.GetDirectories(folder.Path).Single();
        }

        var found = OwnPictures.Open(path, new PictureOptions());

        Assert.Equal((6, "test"), (found.Count, found.Split));
        Assert.Equal(["ant", "bee", "cat"], found.ClassNames);
        Assert.All(Enumerable.Range(0, 6), i =>
        {
            Assert.Equal(i % 3, found.Read(i).Label);
            // Each pixel stands four times in each direction.
            byte[] bytes = found.Read(i).Bytes.ToArray();
            Assert.Equal(SetFolder.Pixels(i), Enumerable.Range(0, 192).Select(k => bytes[(k / 64 * 1024) + (k % 64 / 8 * 128) + (k % 8 * 4)]));
        });
        var training = OwnPictures.Open(path, new PictureOptions { ForTraining = true });
        Assert.Equal((name.StartsWith("cifar-100", StringComparison.Ordinal) ? 1 : 5, "train"), (training.Count, training.Split));
    }

    [Fact]
    public void A_parquet_set_keeps_file_names_and_splits_by_what_files_begin_with()
    {
        using var folder = new SetFolder();
        folder.Put("pictures.parquet", "data/train-00000-of-00002.parquet");
        folder.Put("pictures.parquet", "data/train-00001-of-00002.parquet");
        folder.Put("pictures.parquet", "data/test-00000-of-00001.parquet");

        Assert.Equal((6, "test"), (folder.Open().Count, folder.Open().Split));
        OwnPictures training = folder.Open(new PictureOptions { Split = "train" });
        Assert.Equal((12, "5.png"), (training.Count, training.Read(11).File));
    }

    [Fact]
    public void A_folder_of_web_shards_is_read_shard_by_shard_and_says_what_else_is_in_it()
    {
        using var folder = new SetFolder();
        folder.Put("web-test-000.tar", "web-000.tar");
        folder.Put("web-test-000.tar", "web-001.tar");

        OwnPictures found = folder.Open();

        Assert.Equal((12, "0005.png"), (found.Count, found.Read(11).File));
        Assert.Contains("2 files left out: 2 .md", found.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("medmnist-several.npz", "14 labels per image")]
    [InlineData("floats.npz", "type <f8")]
    public void A_set_that_cannot_be_certified_says_why(string name, string reason) =>
        Assert.Contains(
            reason,
            Assert.Throws<CertiPureException>(() => OwnPictures.Open(SetFolder.Committed(name), new PictureOptions())).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("medmnist.npz")]
    [InlineData("pictures.parquet")]
    [InlineData("web-test-000.tar")]
    [InlineData("cifar-10-python.tar.gz")]
    [InlineData("cifar-100-python.tar.gz")]
    [InlineData("cifar-100-binary.tar.gz")]
    [InlineData("t10k-images-idx3-ubyte")]
    public void A_damaged_file_is_refused_in_a_sentence_or_read_as_far_as_it_is_whole(string name)
    {
        byte[] whole = File.ReadAllBytes(SetFolder.Committed(name));
        var random = new Random(5);
        using var folder = new SetFolder();
        string path = Path.Combine(folder.Path, name);
        for (int attempt = 0; attempt < 60; attempt++)
        {
            byte[] damaged = [.. whole];
            if (attempt % 2 == 0)
            {
                damaged = damaged[..random.Next(1, damaged.Length)];
            }
            else
            {
                for (int i = 0; i < 8; i++)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                OwnPictures.Open(path, new PictureOptions());
            }
            catch (CertiPureException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    /// <summary>Files from which Parquet.Net alone does not return: the seeds were found by trying 8,000.</summary>
    [Theory]
    [InlineData(569)]
    [InlineData(1573)]
    [InlineData(2179)]
    [InlineData(3143)]
    [InlineData(3153)]
    [InlineData(4092)]
    [InlineData(4761)]
    public void A_parquet_file_whose_damaged_metadata_go_on_for_ever_is_refused(int seed)
    {
        byte[] damaged = File.ReadAllBytes(SetFolder.Committed("pictures.parquet"));
        var random = new Random(seed);
        for (int i = 0; i < 8; i++)
        {
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        }

        using var folder = new SetFolder();
        string path = Path.Combine(folder.Path, "pictures.parquet");
        File.WriteAllBytes(path, damaged);

        Assert.Contains(
            "metadata are damaged",
            Assert.Throws<CertiPureException>(() => OwnPictures.Open(path, new PictureOptions())).Message,
            StringComparison.Ordinal);
    }
}
