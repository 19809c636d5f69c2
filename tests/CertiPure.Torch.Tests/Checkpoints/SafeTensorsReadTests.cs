using System.Buffers.Binary;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Checkpoints;

public sealed class SafeTensorsReadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Tensors_and_metadata_are_read_from_a_file_written_by_hand()
    {
        byte[] data = new byte[20];
        BinaryPrimitives.WriteSingleLittleEndian(data, 1.5f);
        BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4), -2f);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), 7);
        BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(16), (Half)0.25f);
        byte[] header = """
            {"__metadata__":{"architecture":"X","arguments":"{\"a\":1}"},
             "a.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
             "steps":{"shape":[],"dtype":"I64","data_offsets":[8,16]},
             "half":{"data_offsets":[16,20],"dtype":"F16","shape":[2]},
             "empty":{"dtype":"F32","shape":[0,3],"data_offsets":[20,20]}}     
            """u8.ToArray();

        using Checkpoint checkpoint = SafeTensors.Read(folder.Write("x.safetensors", SafeTensorsFile.Of(header, data)));

        Assert.Equal(["a.weight", "steps", "half", "empty"], checkpoint.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1.5f, -2f], checkpoint["a.weight"].ToSingles());
        Assert.Equal([2L, 1L], checkpoint["a.weight"].Shape);
        Assert.Equal([7f], checkpoint["steps"].ToSingles());
        Assert.Empty(checkpoint["steps"].Shape);
        Assert.Equal([0.25f, 0f], checkpoint["half"].ToSingles());
        Assert.Empty(checkpoint["empty"].ToBytes());
        Assert.Equal("X", checkpoint.Metadata["architecture"]);
        Assert.Equal("""{"a":1}""", checkpoint.Metadata["arguments"]);
        Assert.Equal(5, checkpoint.ElementCount);
    }

    [Fact]
    public void The_hash_is_that_of_the_file()
    {
        byte[] file = SafeTensorsFile.Of("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", 3);
        using Checkpoint checkpoint = SafeTensors.Read(folder.Write("x.safetensors", file));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), checkpoint.Sha256());
    }

    [Fact]
    public void A_tensor_is_read_in_parts()
    {
        byte[] data = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];
        byte[] header = """{"a":{"dtype":"U8","shape":[100],"data_offsets":[0,100]}}"""u8.ToArray();
        using Checkpoint checkpoint = SafeTensors.Read(folder.Write("x.safetensors", SafeTensorsFile.Of(header, data)));
        var part = new byte[10];
        checkpoint["a"].Read(part, 90);
        Assert.Equal(data[90..], part);
        Assert.Throws<ArgumentOutOfRangeException>(() => checkpoint["a"].Read(part, 91));
    }

    [Theory]
    [InlineData("BOOL", 1)]
    [InlineData("U8", 1)]
    [InlineData("I8", 1)]
    [InlineData("U16", 2)]
    [InlineData("I16", 2)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("U32", 4)]
    [InlineData("I32", 4)]
    [InlineData("F32", 4)]
    [InlineData("U64", 8)]
    [InlineData("I64", 8)]
    [InlineData("F64", 8)]
    public void Every_element_type_has_its_size(string dtype, int size)
    {
        string header = $$$"""{"a":{"dtype":"{{{dtype}}}","shape":[3],"data_offsets":[0,{{{3 * size}}}]}}""";
        using Checkpoint checkpoint = SafeTensors.Read(folder.Write("x.safetensors", SafeTensorsFile.Of(header, 3 * size)));
        Assert.Equal(dtype, checkpoint["a"].ElementType.SafeTensorsName());
        Assert.Equal(3 * size, checkpoint["a"].ByteCount);
    }

    [Theory]
    [InlineData("""[]""", 0, "its header is not a JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, "its header is not valid JSON text")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", 4, "its header is not valid JSON text")]
    [InlineData("""{"a":[[[[[[[[[[1]]]]]]]]]]}""", 4, "its header does not describe 'a' with an object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "its header names 'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "'b' overlaps 'a': it begins at byte 2, before 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'b' overlaps 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "there is a gap before 'b': bytes 4 to 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "there is a gap before 'a': bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "'a' ends at byte 4 of the data, but there are only 3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "5 bytes follow the last tensor")]
    [InlineData("""{}""", 1, "1 bytes follow the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "the data_offsets of 'a' are [4, 0], not a begin and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "the data_offsets of 'a' are [0], not a begin and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "the data_offsets of 'a' has more than 2 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "'a' is F32 [2], which takes 8 bytes, but its data_offsets span 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "the shape of 'a' holds something that is not a whole number from 0 up")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", 4, "the shape of 'a' holds something that is not a whole number from 0 up")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "the shape of 'a' holds something that is not a whole number from 0 up")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "is larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}""", 0, "is larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "the shape of 'a' has more than 32 numbers")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "'a' has the dtype 'F33', which is not supported")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "the dtype of 'a' is not a string")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "its header gives no dtype for 'a'")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "its header gives no shape for 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "its header gives no data_offsets for 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", 4, "its header has the field 'shape' twice for 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "its header has the unknown field 'x' for 'a'")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "the metadata in its header is not an object of strings")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "the metadata in its header names 'a' twice")]
    public void A_malformed_header_is_refused_in_its_own_words(string header, int dataBytes, string words)
    {
        string path = folder.Write("x.safetensors", SafeTensorsFile.Of(header, dataBytes));
        Refusal.Of(() => SafeTensors.Read(path), path, words);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_refused()
    {
        byte[] header = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"""u8.ToArray();
        header[2] = 0xFF;
        string path = folder.Write("x.safetensors", SafeTensorsFile.Of(header, new byte[4]));
        Refusal.Of(() => SafeTensors.Read(path), path, "not valid JSON text");
    }

    [Theory]
    [InlineData(100_000_001L)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void A_header_of_more_than_100_megabytes_is_refused_without_reading_it(long length)
    {
        var file = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        string path = folder.Write("x.safetensors", file);
        Refusal.Of(() => SafeTensors.Read(path), path, "where safetensors allows 100000000");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = SafeTensorsFile.Of("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = folder.Write("x.safetensors", whole.AsSpan(0, length));
            Refusal.Of(() => SafeTensors.Read(path), path, length < 8 ? "too few" : "it was cut short");
        }
    }

    [Fact]
    public void A_file_that_shrinks_after_it_was_opened_is_an_error_and_no_crash()
    {
        string path = folder.Write("x.safetensors",
            SafeTensorsFile.Of("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8));
        using Checkpoint checkpoint = SafeTensors.Read(path);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(stream.Length - 1);
        }

        Refusal.Of(() => checkpoint["a"].ToBytes(), path, "it ends at byte");
    }

    [Fact]
    public void A_missing_file_is_refused()
    {
        string path = folder["none.safetensors"];
        Refusal.Of(() => SafeTensors.Read(path), path, "there is no such file");
    }

    [Fact]
    public void A_folder_is_refused() =>
        Refusal.Of(() => SafeTensors.Read(folder.Path), folder.Path, "it cannot be opened for reading");
}
