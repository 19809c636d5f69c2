using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Checkpoints;

public sealed class SafeTensorsWriteTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        float[] values = [.. Enumerable.Range(0, 700_000).Select(i => i * 0.37f)];
        var written = new Checkpoint(
            [
                CheckpointTensor.FromSingles("b", [700, 1000], values),
                CheckpointTensor.FromBytes("a", ElementType.UInt8, [3], new byte[] { 1, 2, 3 }),
                CheckpointTensor.FromSingles("é \"quoted\"", [], [4f]),
                CheckpointTensor.FromSingles("empty", [0], []),
            ],
            new Dictionary<string, string> { ["arguments"] = """{"x":[1,2]}""", ["architecture"] = "X" });
        SafeTensors.Write(folder["x.safetensors"], written);

        using Checkpoint read = SafeTensors.Read(folder["x.safetensors"]);
        Assert.Equal(["b", "empty", "é \"quoted\"", "a"], read.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(values, read["b"].ToSingles());
        Assert.Equal([1, 2, 3], read["a"].ToBytes());
        Assert.Equal([4f], read["é \"quoted\""].ToSingles());
        Assert.Empty(read["empty"].ToBytes());
        Assert.Equal(written.Metadata.OrderBy(pair => pair.Key), read.Metadata.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void The_same_content_in_another_order_gives_the_same_bytes()
    {
        CheckpointTensor[] tensors =
        [
            CheckpointTensor.FromSingles("b", [2], [1, 2]), CheckpointTensor.FromSingles("a", [2], [3, 4]),
            CheckpointTensor.FromBytes("c", ElementType.Int64, [1], new byte[8]),
        ];
        KeyValuePair<string, string>[] metadata = [new("z", "1"), new("y", "2"), new("x", "3")];
        SafeTensors.Write(folder["1"], new Checkpoint(tensors, new Dictionary<string, string>(metadata)));
        SafeTensors.Write(folder["2"],
            new Checkpoint(tensors.Reverse(), new Dictionary<string, string>(metadata.Reverse())));
        Assert.Equal(File.ReadAllBytes(folder["1"]), File.ReadAllBytes(folder["2"]));
    }

    [Fact]
    public void Data_begins_at_a_multiple_of_eight()
    {
        for (int length = 1; length <= 16; length++)
        {
            SafeTensors.Write(folder["x"], new Checkpoint([CheckpointTensor.FromSingles(new string('n', length), [1], [1])]));
            Assert.Equal(4, new FileInfo(folder["x"]).Length % 8);
        }
    }

    [Fact]
    public void The_bytes_of_a_small_file_are_exactly_these()
    {
        SafeTensors.Write(folder["x"], new Checkpoint(
            [CheckpointTensor.FromSingles("w", [1], [1f])], new Dictionary<string, string> { ["k"] = "v<é" }));
        byte[] expected = SafeTensorsFile.Of(
            """{"__metadata__":{"k":"v<é"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}      """u8.ToArray(),
            [0, 0, 0x80, 0x3F]);
        Assert.Equal(expected, File.ReadAllBytes(folder["x"]));
    }

    [Theory]
    [InlineData(ElementType.Float16, 2e-3f)]
    [InlineData(ElementType.BFloat16, 8e-3f)]
    public void Half_precision_rounds_floats_to_nearest_and_leaves_integers(ElementType half, float relative)
    {
        float[] values = [0f, -0f, 1f, -1.001f, 3.14159f, 1000.1f, 65504f, float.PositiveInfinity, float.NaN];
        var checkpoint = new Checkpoint(
        [
            CheckpointTensor.FromSingles("w", [values.Length], values),
            CheckpointTensor.FromBytes("n", ElementType.Int64, [1], BitConverter.GetBytes(123456789L)),
        ]);
        SafeTensors.Write(folder["x"], checkpoint, half);

        using Checkpoint read = SafeTensors.Read(folder["x"]);
        Assert.Equal(half, read["w"].ElementType);
        Assert.Equal(ElementType.Int64, read["n"].ElementType);
        Assert.Equal(BitConverter.GetBytes(123456789L), read["n"].ToBytes());
        float[] back = read["w"].ToSingles();
        for (int i = 0; i < 7; i++)
        {
            Assert.True(MathF.Abs(back[i] - values[i]) <= relative * MathF.Abs(values[i]) / 2, $"{values[i]} became {back[i]}");
        }

        Assert.Equal(float.PositiveInfinity, back[7]);
        Assert.Equal(float.NaN, back[8]);
    }

    [Fact]
    public void Rounding_to_bfloat16_takes_ties_to_even()
    {
        float[] ties = [BitConverter.UInt32BitsToSingle(0x3F808000), BitConverter.UInt32BitsToSingle(0x3F818000)];
        SafeTensors.Write(folder["x"], new Checkpoint([CheckpointTensor.FromSingles("w", [2], ties)]), ElementType.BFloat16);
        using Checkpoint read = SafeTensors.Read(folder["x"]);
        Assert.Equal([0x80, 0x3F, 0x82, 0x3F], read["w"].ToBytes());
    }

    [Fact]
    public void A_value_too_large_for_half_precision_is_refused_and_nothing_is_left()
    {
        var checkpoint = new Checkpoint([CheckpointTensor.FromSingles("big.weight", [2], [1f, 70000f])]);
        Refusal.Of(() => SafeTensors.Write(folder["x"], checkpoint, ElementType.Float16), folder["x"], "'big.weight' holds 70000");
        Assert.Empty(Directory.GetFiles(folder.Path));
        SafeTensors.Write(folder["x"], checkpoint, ElementType.BFloat16);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_as_it_was()
    {
        SafeTensors.Write(folder["x"], new Checkpoint([CheckpointTensor.FromSingles("w", [1], [1f])]));
        byte[] before = File.ReadAllBytes(folder["x"]);
        var bad = new Checkpoint([CheckpointTensor.FromSingles("w", [1], [1e9f])]);
        Assert.Throws<CertiPureException>(() => SafeTensors.Write(folder["x"], bad, ElementType.Float16));
        Assert.Equal(before, File.ReadAllBytes(folder["x"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_made_and_one_below_a_file_is_refused()
    {
        var checkpoint = new Checkpoint([CheckpointTensor.FromSingles("w", [1], [1f])]);
        string made = Path.Combine(folder["new"], "x.safetensors"), below = Path.Combine(made, "x.safetensors");
        SafeTensors.Write(made, checkpoint);
        Assert.True(File.Exists(made));
        Refusal.Of(() => SafeTensors.Write(below, checkpoint), below, "cannot be written");
    }

    [Fact]
    public void The_name_of_the_metadata_is_refused_for_a_tensor()
    {
        var checkpoint = new Checkpoint([CheckpointTensor.FromSingles("__metadata__", [1], [1f])]);
        Refusal.Of(() => SafeTensors.Write(folder["x"], checkpoint), folder["x"], "'__metadata__'");
    }

    [Fact]
    public void A_file_may_be_rewritten_from_itself()
    {
        SafeTensors.Write(folder["x"], new Checkpoint([CheckpointTensor.FromSingles("w", [2], [1f, 2f])]));
        using (Checkpoint read = SafeTensors.Read(folder["x"]))
        {
            SafeTensors.Write(folder["x"], read, ElementType.Float16);
        }

        using Checkpoint again = SafeTensors.Read(folder["x"]);
        Assert.Equal([1f, 2f], again["w"].ToSingles());
        Assert.Equal(ElementType.Float16, again["w"].ElementType);
    }
}
