using System.IO.Compression;
using System.Text;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Tests.Checkpoints;

namespace CertiPure.Torch.Tests.Metrics;

public sealed class FeatureStatisticsFileTests
{
    // What numpy.savez_compressed writes for mu = [1.5, -2] and sigma = [[2, .5], [.5, 1]].
    private const string FromNumpy =
        "UEsDBBQAAAAIAAAAIQCwmMVBTQAAAJAAAAAGABQAbXUubnB5AQAQAJAAAAAAAAAATQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZf"
        + "VFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuBjD4YQ+hGQ4AAFBLAwQUAAAACAAAACEAL+EhFVEAAACgAAAACQAUAHNpZ21hLm5weQEA"
        + "EACgAAAAAAAAAFEAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKRpo6CrUKZAMu"
        + "BghwgFAP7FHpD/YAUEsBAhQDFAAAAAgAAAAhALCYxUFNAAAAkAAAAAYAAAAAAAAAAAAAAIABAAAAAG11Lm5weVBLAQIUAxQAAAAIAAAAIQAv4SEVUQAA"
        + "AKAAAAAJAAAAAAAAAAAAAACAAYUAAABzaWdtYS5ucHlQSwUGAAAAAAIAAgBrAAAAEQEAAAAA";

    [Fact]
    public void A_file_that_numpy_wrote_is_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("stats.npz", Convert.FromBase64String(FromNumpy));
        FeatureStatistics statistics = FeatureStatisticsFile.Read(path, "Inception-v3");
        Assert.Equal([1.5, -2], statistics.Mean);
        Assert.Equal(new double[,] { { 2, 0.5 }, { 0.5, 1 } }, statistics.Covariance);
        Assert.Equal("Inception-v3", statistics.Network);
        Assert.Null(statistics.ImageCount);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        using var folder = new TemporaryFolder();
        var written = new FeatureStatistics(
            "SqueezeNet µ", 1017, [0.1, double.MinValue, 3], new double[,] { { 1, 2, 3 }, { 2, 5, 6 }, { 3, 6, 9 } }, "cifar10 test, all");
        FeatureStatisticsFile.Write(folder["stats.npz"], written);
        FeatureStatistics read = FeatureStatisticsFile.Read(folder["stats.npz"], "unused");
        Assert.Equal(written.Network, read.Network);
        Assert.Equal(written.ImageCount, read.ImageCount);
        Assert.Equal("cifar10 test, all", read.Source);
        Assert.Equal(written.Mean, read.Mean);
        Assert.Equal(written.Covariance, read.Covariance);
    }

    [Fact]
    public void An_array_begins_at_a_multiple_of_64_bytes_as_the_format_asks()
    {
        using var stream = new MemoryStream();
        NumpyArray.Of([2], [1, 2]).Write(stream);
        Assert.Equal(0, (stream.Length - 16) % 64);
        Assert.Equal((byte)'\n', stream.ToArray()[(int)stream.Length - 17]);
    }

    [Theory]
    [InlineData("False", new double[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData("True", new double[] { 1, 3, 5, 2, 4, 6 })]
    public void An_array_is_read_in_c_and_in_fortran_order(string fortran, double[] expected)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<i8', 'fortran_order': {fortran}, 'shape': (2, 3), }}");
        using var stream = new MemoryStream();
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
        foreach (long value in (long[])[1, 2, 3, 4, 5, 6])
        {
            stream.Write(BitConverter.GetBytes(value));
        }

        stream.Position = 0;
        var array = NumpyArray.Read(stream);
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal(expected, array.Numbers());
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (16777217,), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999,99999999,99999999,99999999,99999999), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': True, 'shape': (2,), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }")]
    [InlineData("{'descr': '<U9999', 'fortran_order': False, 'shape': (16777216,), }")]
    [InlineData("{'descr': '<U\u0663', 'fortran_order': False, 'shape': (), }")]
    [InlineData("")]
    public void An_array_that_is_hostile_or_of_another_kind_or_truncated_is_refused(string header)
    {
        using var folder = new TemporaryFolder();
        using (ZipArchive archive = ZipFile.Open(folder["stats.npz"], ZipArchiveMode.Create))
        using (Stream entry = archive.CreateEntry("mu.npy").Open())
        {
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
        }

        Assert.Throws<CertiPureException>(() => FeatureStatisticsFile.Read(folder["stats.npz"], "n"));
    }

    [Theory]
    [InlineData(double.NaN, 1, 0.5, 0.5, 1)]
    [InlineData(0, double.PositiveInfinity, 0.5, 0.5, 1)]
    [InlineData(0, 1, double.NaN, 0.5, 1)]
    [InlineData(0, 1, 0.5, 0.6, 1)]
    [InlineData(0, 1, 0.5, 0.5, -1)]
    public void Numbers_that_are_no_mean_and_no_covariance_are_refused(double mean, double c00, double c01, double c10, double c11)
    {
        using var folder = new TemporaryFolder();
        FeatureStatisticsFile.Write(
            folder["stats.npz"], new FeatureStatistics("n", 9, [mean, 1], new double[,] { { c00, c01 }, { c10, c11 } }));
        Assert.Throws<CertiPureException>(() => FeatureStatisticsFile.Read(folder["stats.npz"], "n"));
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(1)]
    public void A_count_that_is_no_number_of_images_is_refused(long count)
    {
        using var folder = new TemporaryFolder();
        FeatureStatisticsFile.Write(folder["stats.npz"], new FeatureStatistics("n", count, [0], new double[,] { { 1 } }));
        Assert.Throws<CertiPureException>(() => FeatureStatisticsFile.Read(folder["stats.npz"], "n"));
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Convert.FromBase64String(FromNumpy);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = folder.Write("stats.npz", whole.AsSpan(0, length));
            Assert.Throws<CertiPureException>(() => FeatureStatisticsFile.Read(path, "n"));
        }
    }

    [Fact]
    public void A_missing_file_is_an_error_for_the_user() =>
        Assert.Throws<CertiPureException>(() => FeatureStatisticsFile.Read("no-such-file.npz", "n"));
}
