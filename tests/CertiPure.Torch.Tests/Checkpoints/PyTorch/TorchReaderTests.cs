using System.Runtime.InteropServices;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Checkpoints.PyTorch;

public sealed class TorchReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("BoolStorage", ElementType.Boolean, 1)]
    [InlineData("ByteStorage", ElementType.UInt8, 1)]
    [InlineData("CharStorage", ElementType.Int8, 1)]
    [InlineData("ShortStorage", ElementType.Int16, 2)]
    [InlineData("IntStorage", ElementType.Int32, 4)]
    [InlineData("LongStorage", ElementType.Int64, 8)]
    [InlineData("HalfStorage", ElementType.Float16, 2)]
    [InlineData("BFloat16Storage", ElementType.BFloat16, 2)]
    [InlineData("FloatStorage", ElementType.Float32, 4)]
    [InlineData("DoubleStorage", ElementType.Float64, 8)]
    public void Every_type_of_storage_is_read_from_both_formats_whatever_device_it_was_on(string storage, ElementType type, int size)
    {
        byte[] bytes = [.. Enumerable.Range(0, 6 * size).Select(i => (byte)i)];
        var root = new Python.Dictionary(("w", Python.Tensor(Python.Storage("7", storage, 6, "cuda:3"), 0, [2, 3], [3, 1])));
        foreach (byte[] file in (byte[][])[TorchFile.Zip(root, ("7", bytes)), TorchFile.Legacy(root, ("7", size, bytes))])
        {
            using Checkpoint checkpoint = Open(file);
            Assert.Equal(type, checkpoint["w"].ElementType);
            Assert.Equal([2L, 3L], checkpoint["w"].Shape);
            Assert.Equal(bytes, checkpoint["w"].ToBytes());
        }
    }

    [Fact]
    public void Views_and_transposes_of_one_storage_are_gathered_into_order()
    {
        Python.Persistent storage = Python.Storage("s", "FloatStorage", 24);
        var root = new Python.Dictionary(
            ("whole", Python.Tensor(storage, 0, [2, 3, 4], [12, 4, 1])),
            ("part", Python.Tensor(storage, 5, [4], [1])),
            ("transposed", Python.Tensor(storage, 0, [3, 2], [2, 1])),
            ("column", Python.Tensor(storage, 1, [3], [4])),
            ("channels_last", Python.Tensor(storage, 0, [1, 3, 2, 4], [24, 1, 12, 3])),
            ("swapped", Python.Tensor(storage, 0, [4, 6], [1, 4])),
            ("repeated", Python.Tensor(storage, 2, [3, 2], [0, 1])),
            ("scalar", Python.Tensor(storage, 23, [], [])),
            ("none", Python.Tensor(storage, 0, [0, 5], [5, 1])));
        foreach (byte[] file in (byte[][])
            [TorchFile.Zip(root, ("s", TorchFile.Counting(24))), TorchFile.Legacy(root, ("s", 4, TorchFile.Counting(24)))])
        {
            using Checkpoint checkpoint = Open(file);
            Assert.Equal([.. Enumerable.Range(0, 24).Select(i => (float)i)], checkpoint["whole"].ToSingles());
            Assert.Equal([5f, 6, 7, 8], checkpoint["part"].ToSingles());
            Assert.Equal([1f, 5, 9], checkpoint["column"].ToSingles());
            Assert.Equal([2f, 3, 2, 3, 2, 3], checkpoint["repeated"].ToSingles());
            Assert.Equal([23f], checkpoint["scalar"].ToSingles());
            Assert.Empty(checkpoint["none"].ToSingles());
            float[] swapped = [.. Enumerable.Range(0, 24).Select(i => (float)((i / 6) + (4 * (i % 6))))];
            Assert.Equal(swapped, checkpoint["swapped"].ToSingles());
            float[] channelsLast = [.. from c in Enumerable.Range(0, 3) from h in Enumerable.Range(0, 2) from w in Enumerable.Range(0, 4) select (float)(c + (12 * h) + (3 * w))];
            Assert.Equal(channelsLast, checkpoint["channels_last"].ToSingles());
        }
    }

    [Fact]
    public void A_view_that_is_read_in_parts_gives_the_same_as_read_whole()
    {
        var root = new Python.Dictionary(("w", Python.Tensor(Python.Storage("s", "FloatStorage", 24), 0, [4, 6], [1, 4])));
        using Checkpoint checkpoint = Open(TorchFile.Zip(root, ("s", TorchFile.Counting(24))));
        byte[] whole = checkpoint["w"].ToBytes();
        for (int round = 0; round < 2; round++)
        {
            for (int start = 0; start < whole.Length; start += 10)
            {
                var part = new byte[Math.Min(10, whole.Length - start)];
                checkpoint["w"].Read(part, start);
                Assert.Equal(whole[start..(start + part.Length)], part);
            }
        }
    }

    [Theory]
    [InlineData("state_dict", "state_dict")]
    [InlineData("model", "model")]
    [InlineData("ema", "ema")]
    [InlineData("model_state_dict", "model_state_dict")]
    public void Wrappers_are_taken_off(string wrapper, string section)
    {
        var state = new Python.Dictionary(("module.a.weight", Python.Floats("0", 2)), ("module.a.bias", Python.Floats("1", 1)));
        var root = new Python.Dictionary(
            ("epoch", 7), ("best", 0.5), ("args", new Python.Call(new Python.Global("argparse", "Namespace")) { State = new Python.Dictionary(("lr", 0.1)) }),
            (wrapper, state),
            ("optimizer", new Python.Dictionary(("state", new Python.Dictionary((0, new Python.Dictionary(("exp_avg", Python.Floats("2", 3)))))))));
        using Checkpoint checkpoint = Open(
            TorchFile.Zip(root, ("0", TorchFile.Counting(2)), ("1", TorchFile.Counting(1)), ("2", TorchFile.Counting(3))));
        Assert.Equal(section, checkpoint.Section);
        Assert.Equal(["a.weight", "a.bias"], checkpoint.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Averaged_weights_go_before_raw_ones_unless_a_section_is_asked_for()
    {
        var root = new Python.Dictionary(
            ("model", new Python.Dictionary(("w", Python.Floats("0", 1)))),
            ("ema", new Python.Dictionary(("decay", 0.999), ("state_dict", new Python.Dictionary(("w", Python.Floats("1", 2)))))));
        byte[] file = TorchFile.Zip(root, ("0", TorchFile.Counting(1)), ("1", TorchFile.Counting(2)));
        using Checkpoint averaged = Open(file);
        Assert.Equal(("ema/state_dict", 2L, "model"), (averaged.Section, averaged["w"].ElementCount, averaged.RawWeights));
        using Checkpoint raw = CheckpointReader.Open(folder.Write("x.pt", file), "model");
        Assert.Equal(1, raw["w"].ElementCount);
        Assert.Null(raw.RawWeights);
        string path = folder.Write("x.pt", file);
        Refusal.Of(() => CheckpointReader.Open(path, "nothing"), path, "it has no section 'nothing'; it has the keys 'model', 'ema'");
    }

    [Fact]
    public void Names_lose_a_wrapper_only_where_all_have_it()
    {
        var root = new Python.Dictionary(("module.a", Python.Floats("0", 1)), ("b", Python.Floats("1", 1)));
        using Checkpoint mixed = Open(TorchFile.Zip(root, ("0", TorchFile.Counting(1)), ("1", TorchFile.Counting(1))));
        Assert.Equal(["module.a", "b"], mixed.Tensors.Select(tensor => tensor.Name));
        using Checkpoint twice = Open(TorchFile.Zip(
            new Python.Dictionary(("1.module.a", Python.Floats("0", 1))), ("0", TorchFile.Counting(1))));
        Assert.Equal("a", Assert.Single(twice.Tensors).Name);
    }

    [Fact]
    public void Parameters_and_typed_tensors_are_read()
    {
        var parameter = new Python.Call(new Python.Global("torch._utils", "_rebuild_parameter"), Python.Floats("0", 2), true, Python.OrderedDictionary());
        var untyped = new Python.Persistent(new Python.Tuple("storage", new Python.Global("torch.storage", "UntypedStorage"), "1", "cpu", 4));
        var typed = new Python.Call(new Python.Global("torch._utils", "_rebuild_tensor_v3"), untyped, 0, Python.Integers(2), Python.Integers(1), false,
            Python.OrderedDictionary(), new Python.Global("torch", "uint16"));
        using Checkpoint checkpoint = Open(TorchFile.Zip(
            new Python.Dictionary(("p", parameter), ("t", typed)), ("0", TorchFile.Counting(2)), ("1", [1, 0, 2, 1])));
        Assert.Equal([0f, 1f], checkpoint["p"].ToSingles());
        Assert.Equal(ElementType.UInt16, checkpoint["t"].ElementType);
        Assert.Equal([1f, 258f], checkpoint["t"].ToSingles());
    }

    [Fact]
    public void Scalars_of_numpy_and_sets_beside_the_tensors_do_no_harm()
    {
        var type = new Python.Call(new Python.Global("numpy", "dtype"), "f8", 0, 1) { State = new Python.Tuple(3, "<", null, null, null, -1, -1, 0) };
        var root = new Python.Dictionary(
            ("accuracy", new Python.Call(new Python.Global("numpy.core.multiarray", "scalar"), type, "????????")),
            ("seen", new Python.Call(new Python.Global("builtins", "set"), new Python.List(1, 2))),
            ("device", new Python.Call(new Python.Global("torch", "device"), "cuda", 0)),
            ("state_dict", new Python.Call(new Python.Global("collections", "OrderedDict"), new Python.List(new Python.List("w", Python.Floats("0", 1))))));
        using Checkpoint checkpoint = Open(TorchFile.Zip(root, ("0", TorchFile.Counting(1))));
        Assert.Equal("w", Assert.Single(checkpoint.Tensors).Name);
    }

    [Fact]
    public void A_legacy_view_of_a_storage_starts_where_it_says()
    {
        var view = new Python.Persistent(new Python.Tuple(
            "storage", new Python.Global("torch", "FloatStorage"), "root", "cpu", 10, new Python.Tuple("view", 4, 3)));
        var root = new Python.Dictionary(("w", Python.Tensor(view, 1, [2], [1])), ("all", Python.Floats("root", 10)));
        using Checkpoint checkpoint = Open(TorchFile.Legacy(root, ("root", 4, TorchFile.Counting(10))));
        Assert.Equal([5f, 6f], checkpoint["w"].ToSingles());
        Assert.Equal(10, checkpoint["all"].ElementCount);
    }

    [Fact]
    public void EDMs_pickle_gives_the_tensors_and_arguments_and_none_of_its_code_matters()
    {
        object? Embedded(params float[] values) => new Python.Call(new Python.Global("torch.storage", "_load_from_bytes"), TorchFile.Legacy(
            Python.Storage("0", "FloatStorage", values.Length), ("0", 4, MemoryMarshal.AsBytes<float>(values).ToArray())));
        object? Parameter(long[] shape, params float[] values) => new Python.Call(new Python.Global("torch._utils", "_rebuild_parameter"),
            Python.Tensor(Embedded(values), 0, shape, [.. shape.Select((_, i) => shape.Skip(i + 1).Aggregate(1L, (a, b) => a * b))]), true, Python.OrderedDictionary());
        object? Persistent(string name, params (object? Key, object? Value)[] state) => new Python.Call(
            new Python.Global("torch_utils.persistence", "_reconstruct_persistent_obj"),
            new Python.Dictionary(("type", "class"), ("version", 6), ("module_src", "import os; os.system('touch /tmp/owned')"), ("class_name", name),
                ("state", new Python.Dictionary(state))));
        var layer = Persistent("Linear", ("training", false), ("_parameters", new Python.Dictionary(("weight", Parameter([2, 2], 1, 2, 3, 4)), ("bias", null))),
            ("_buffers", new Python.Dictionary(("resample_filter", Python.Tensor(Embedded(0.25f), 0, [1], [1])))), ("_modules", new Python.Dictionary()));
        var container = new Python.Call(new Python.Global("torch.nn.modules.container", "ModuleDict"))
        {
            IsNew = true,
            State = new Python.Dictionary(("_parameters", new Python.Dictionary()), ("_buffers", new Python.Dictionary()),
                ("_modules", new Python.Dictionary(("32x32_conv", layer)))),
        };
        var unet = Persistent("SongUNet", ("_parameters", new Python.Dictionary()), ("_buffers", new Python.Dictionary(("hidden", Python.Tensor(Embedded(9), 0, [1], [1])))),
            ("_non_persistent_buffers_set", new Python.Call(new Python.Global("builtins", "set"), new Python.List("hidden"))),
            ("_modules", new Python.Dictionary(("enc", container))));
        var network = Persistent("EDMPrecond", ("_parameters", new Python.Dictionary()), ("_buffers", new Python.Dictionary()),
            ("_modules", new Python.Dictionary(("model", unet))), ("_init_kwargs", new Python.Dictionary(("img_resolution", 32), ("channel_mult", new Python.List(2, 2)))));
        var snapshot = new Python.Dictionary(("loss_fn", Persistent("EDMLoss", ("P_mean", -1.2))), ("ema", network), ("dataset_kwargs", new Python.Dictionary()));

        using Checkpoint checkpoint = Open(PickleWriter.Write(snapshot, protocol: 4));
        Assert.Equal(CheckpointFormat.Pickle, checkpoint.Format);
        Assert.Equal("ema", checkpoint.Section);
        Assert.Equal(["model.enc.32x32_conv.weight", "model.enc.32x32_conv.resample_filter"], checkpoint.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1f, 2, 3, 4], checkpoint["model.enc.32x32_conv.weight"].ToSingles());
        Assert.Equal("EDMPrecond", checkpoint.Metadata["class"]);
        Assert.Equal("""{"img_resolution":32,"channel_mult":[2,2]}""", checkpoint.Metadata["arguments"]);
        Assert.False(File.Exists("/tmp/owned"));
    }

    [Fact]
    public void Files_of_other_kinds_are_refused_with_what_they_are()
    {
        string path = folder.Write("x", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"u8);
        Refusal.Of(() => CheckpointReader.Open(path), path, "Git LFS's pointer");
        folder.Write("x", "<!DOCTYPE html><html>Not Found</html>"u8);
        Refusal.Of(() => CheckpointReader.Open(path), path, "it is a web page");
        folder.Write("x", []);
        Refusal.Of(() => CheckpointReader.Open(path), path, "it is empty");
        folder.Write("x", "something else entirely"u8);
        Refusal.Of(() => CheckpointReader.Open(path), path, "it is of no known form");
    }

    private Checkpoint Open(byte[] file) => CheckpointReader.Open(folder.Write($"{Guid.NewGuid():N}", file));
}
