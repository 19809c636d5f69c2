using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;
using static CertiPure.Torch.Tests.Checkpoints.Files.MessagePackWriter;

namespace CertiPure.Torch.Tests.Checkpoints.Flax;

public sealed class FlaxReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Averaged_parameters_are_taken_and_named_by_their_path()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(State());
        Assert.Equal(CheckpointFormat.Flax, checkpoint.Format);
        Assert.Equal(("params_ema", "params"), (checkpoint.Section, checkpoint.RawWeights));
        Assert.Equal(["params"], checkpoint.LeftOut);
        Assert.Equal(["Dense_0/kernel", "Dense_0/bias"], checkpoint.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2L, 3L], checkpoint["Dense_0/kernel"].Shape);
        Assert.Equal([0f, 1, 2, 3, 4, 5], checkpoint["Dense_0/kernel"].ToSingles());
        Assert.Equal([1f], checkpoint["Dense_0/bias"].ToSingles());
        Assert.Equal(ElementType.BFloat16, checkpoint["Dense_0/bias"].ElementType);
    }

    [Fact]
    public void Another_section_is_taken_when_asked_for()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(State(), "opt_state/0");
        Assert.Equal(["count", "mu"], checkpoint.Tensors.Select(tensor => tensor.Name));
        Assert.Empty(checkpoint["count"].Shape);
        Assert.Equal([12f], checkpoint["count"].ToSingles());
        string path = State();
        Refusal.Of(() => CheckpointReader.Open(path, "weights"), path, "it has no section 'weights'; it has the keys 'step', 'lr'");
        Refusal.Of(() => CheckpointReader.Open(path, "lr"), path, "it holds no arrays in 'lr'");
    }

    [Fact]
    public void An_array_in_pieces_is_put_together()
    {
        byte[] bytes = TorchFile.Counting(12);
        object? pieces = new (string, object?)[]
        {
            ("__msgpack_chunked_array__", true),
            ("shape", new (string, object?)[] { ("0", 3), ("1", 4) }),
            ("chunks", new (string, object?)[] { ("0", Array("float32", [5], bytes[..20])), ("1", Array("float32", [5], bytes[20..40])), ("2", Array("float32", [2], bytes[40..])) }),
        };
        using Checkpoint checkpoint = CheckpointReader.Open(folder.Write("x", Write(new (string, object?)[] { ("params", new (string, object?)[] { ("w", pieces) }) })));
        Assert.Equal([3L, 4L], checkpoint["w"].Shape);
        Assert.Equal(bytes, checkpoint["w"].ToBytes());
        var part = new byte[24];
        checkpoint["w"].Read(part, 18);
        Assert.Equal(bytes[18..42], part);
    }

    [Fact]
    public void Every_kind_of_number_is_read_over()
    {
        object?[] numbers =
        [
            new Raw(0xCC, 1), new Raw(0xCD, 0, 1), new Raw(0xCE, 0, 0, 0, 1), new Raw(0xCF, 0xFF, 0, 0, 0, 0, 0, 0, 1), new Raw(0xD0, 0xFF), new Raw(0xD1, 0xFF, 0),
            new Raw(0xD2, 0xFF, 0, 0, 0), 1L << 40, -1L << 40, new Raw(0xE0), new Raw(0xCA, 0, 0, 0, 0), 1.5, true, false, null, new Raw(0xC4, 1, 0), new Raw(0xC5, 0, 1, 0),
            new Raw(0xA1, 65), new Raw(0xDA, 0, 1, 65), new Raw(0xDB, 0, 0, 0, 1, 65), new Raw(0x91, 1), new Raw(0x81, 0xA1, 65, 1), new Raw(0xDD, 0, 0, 0, 0),
            new Raw(0xDF, 0, 0, 0, 0), new Extension(2, Write(new object?[] { 1.0, 2.0 })), new Raw(0xD4, 2, 0),
        ];
        object? root = new (string, object?)[] { ("numbers", numbers), ("params", new (string, object?)[] { ("w", Array("int8", [1], [7])) }) };
        using Checkpoint checkpoint = CheckpointReader.Open(folder.Write("x", Write(root)));
        Assert.Equal([7f], checkpoint["w"].ToSingles());
    }

    private string State()
    {
        (string, object?)[] layer = [("kernel", Array("float32", [2, 3], TorchFile.Counting(6))), ("bias", Array("bfloat16", [1], [0x80, 0x3F]))];
        (string, object?)[] other = [("kernel", Array("float32", [2, 3], new byte[24])), ("bias", Array("bfloat16", [1], new byte[2]))];
        return folder.Write("checkpoint_1", Write(new (string, object?)[]
        {
            ("step", 1L << 20), ("lr", 4e-4),
            ("params", new (string, object?)[] { ("Dense_0", other) }),
            ("params_ema", new (string, object?)[] { ("Dense_0", layer) }),
            ("opt_state", new (string, object?)[] { ("0", new (string, object?)[] { ("count", new Extension(3, Array("int32", [], [12, 0, 0, 0]).Payload)), ("mu", Array("float16", [1], [0, 0])) }) }),
        }));
    }
}
