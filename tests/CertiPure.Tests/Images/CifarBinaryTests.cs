using CertiPure.Images;

namespace CertiPure.Tests.Images;

public sealed class CifarBinaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("cifar-10-batches-bin/")]
    public void The_test_split_is_read_from_the_folder_or_from_the_one_above(string place)
    {
        _folder.Write(place + "test_batch.bin", [.. Record(3, 1), .. Record(9, 2)]);
        ImageSet set = CifarBinary.Read(_folder.Path, "test");
        Assert.Equal((2, new ImageShape(3, 32, 32), "cifar10", "test"), (set.Count, set.Shape, set.Name, set.Split));
        Assert.Equal((1, (int?)9), (set.Read(1).Id, set.Read(1).Label));
        Assert.Equal(Record(9, 2)[1..], set.Read(1).Bytes.ToArray());
        Assert.Equal("truck", set.ClassNames[9]);
    }

    [Fact]
    public void The_train_split_joins_five_files_in_order()
    {
        for (int i = 1; i <= 5; i++)
        {
            _folder.Write($"data_batch_{i}.bin", Record((byte)i, (byte)(10 * i)));
        }

        _folder.Write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n"u8.ToArray());
        ImageSet set = CifarBinary.Read(_folder.Path, "train");
        Assert.Equal([1, 2, 3, 4, 5], Enumerable.Range(0, 5).Select(id => set.Read(id).Label!.Value));
        Assert.Equal("j", set.ClassNames[9]);
    }

    [Fact]
    public void Truncated_empty_and_missing_files_are_refused()
    {
        AssertRefused("does not exist");
        _folder.Write("test_batch.bin");
        AssertRefused("0 bytes");
        _folder.Write("test_batch.bin", Record(1, 1)[..3072]);
        AssertRefused("3072 bytes");
        _folder.Write("test_batch.bin", [.. Record(1, 1), 0]);
        AssertRefused("3074 bytes");
        _folder.Write("test_batch.bin", Record(10, 1));
        AssertRefused("Image 0 of cifar10 has label 10");
        _folder.Write("test_batch.bin", Record(1, 1));
        _folder.Write("batches.meta.txt", "only\ntwo\n"u8.ToArray());
        AssertRefused("2 classes");
    }

    [Fact]
    public void An_unknown_split_is_refused() =>
        Assert.Equal(
            ErrorReason.InvalidArgument,
            Assert.Throws<CertiPureException>(() => CifarBinary.Read(_folder.Path, "validation")).Reason);

    [Fact]
    public void An_id_beyond_the_set_is_refused()
    {
        _folder.Write("test_batch.bin", Record(1, 1));
        ImageSet set = CifarBinary.Read(_folder.Path, "test");
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Read(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Read(-1));
    }

    private static byte[] Record(byte label, byte value) => [label, .. Enumerable.Range(0, 3072).Select(i => (byte)(value + i))];

    private void AssertRefused(string says) =>
        Assert.Contains(
            says, Assert.Throws<CertiPureException>(() => CifarBinary.Read(_folder.Path, "test")).Message, StringComparison.Ordinal);
}
