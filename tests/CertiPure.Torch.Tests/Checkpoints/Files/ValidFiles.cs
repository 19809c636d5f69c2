using System.Text;
using System.Text.Json;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>One sound file of at least 10 KB for each format, most of it structure: many small tensors. They are what the fuzzing of
/// the readers starts from.</summary>
internal static class ValidFiles
{
    private const int Tensors = 60;

    /// <summary>The files by the name of their format.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["safetensors"] = BuildSafeTensors(),
        ["pytorch-zip"] = TorchFile.Zip(BuildState(), [.. Storages().Select(storage => (storage.Key, storage.Bytes))]),
        ["pytorch-legacy"] = TorchFile.Legacy(BuildState(), [.. Storages().Select(storage => (storage.Key, 4, storage.Bytes))]),
        ["pickle"] = BuildPickledModule(),
        ["flax"] = BuildFlax(),
    };

    private static IEnumerable<(string Key, byte[] Bytes)> Storages() =>
        Enumerable.Range(0, Tensors).Select(i => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), TorchFile.Counting(12)));

    private static Python.Dictionary BuildState() => new(
        ("epoch", 3),
        ("state_dict", new Python.Dictionary([.. Storages().Select(storage => ((object?)$"module.layer{storage.Key}.weight", (object?)Python.Tensor(
            Python.Storage(storage.Key, "FloatStorage", 12, "cuda:0"), 0, [3, 4], storage.Key.EndsWith('7') ? [1, 3] : [4, 1])))])),
        ("optimizer", new Python.Dictionary(("lr", 0.1), ("betas", new Python.Tuple(0.9, 0.999)))));

    private static byte[] BuildSafeTensors()
    {
        // The first names are those of a DDPM++, so that what recognises networks has something to misread.
        string[] ddpm = ["map_layer0.weight", "map_layer1.weight", "enc.8x8_conv.weight", "enc.8x8_block0.conv0.weight", "enc.8x8_block1.conv0.weight"];
        var header = new Dictionary<string, object> { ["__metadata__"] = new Dictionary<string, string> { ["note"] = "X" } };
        for (int i = 0; i < 2 * Tensors; i++)
        {
            header[i < ddpm.Length ? ddpm[i] : $"layer{i}.weight"] = new { dtype = "F32", shape = new[] { 3, 4 }, data_offsets = new[] { i * 48, (i + 1) * 48 } };
        }

        return SafeTensorsFile.Of(
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header)), [.. Enumerable.Range(0, 2 * Tensors).SelectMany(_ => TorchFile.Counting(12))]);
    }

    private static byte[] BuildPickledModule()
    {
        object? parameter = new Python.Call(new Python.Global("torch._utils", "_rebuild_parameter"), Python.Tensor(
            new Python.Call(new Python.Global("torch.storage", "_load_from_bytes"), TorchFile.Legacy(Python.Storage("0", "FloatStorage", 12), ("0", 4, TorchFile.Counting(12)))),
            0, [3, 4], [4, 1]), true, Python.OrderedDictionary());
        object? Module(string name, Python.Dictionary parameters, Python.Dictionary modules) => new Python.Call(
            new Python.Global("torch_utils.persistence", "_reconstruct_persistent_obj"),
            new Python.Dictionary(("type", "class"), ("version", 6), ("module_src", new string('#', 200)), ("class_name", name),
                ("state", new Python.Dictionary(("_parameters", parameters), ("_buffers", new Python.Dictionary()), ("_modules", modules)))));
        var layers = new Python.Dictionary([.. Enumerable.Range(0, 20).Select(i => (
            (object?)$"layer{i}", (object?)Module("Linear", new Python.Dictionary(("weight", parameter)), new Python.Dictionary())))]);
        return PickleWriter.Write(new Python.Dictionary(("ema", Module("EDMPrecond", new Python.Dictionary(), layers))), protocol: 4);
    }

    private static byte[] BuildFlax()
    {
        (string, object?)[] parameters = Nest(FlaxNetwork.Tensors.Select(tensor => (tensor.Name.Split('/'), tensor.Shape)));
        return MessagePackWriter.Write(new (string, object?)[] { ("step", 5L), ("params", parameters), ("params_ema", parameters) });

        static (string, object?)[] Nest(IEnumerable<(string[] Path, long[] Shape)> tensors) =>
        [
            .. tensors.GroupBy(tensor => tensor.Path[0]).Select(group => (group.Key, group.First().Path.Length > 1
                ? (object?)Nest(group.Select(tensor => (tensor.Path[1..], tensor.Shape)))
                : MessagePackWriter.Array(
                    "float32", group.First().Shape, TorchFile.Counting((int)group.First().Shape.Aggregate(1L, (count, size) => count * size))))),
        ];
    }
}
