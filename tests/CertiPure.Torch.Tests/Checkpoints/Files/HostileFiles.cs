using System.IO.Compression;
using System.Text;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>Files made to do harm, each with words of the sentence that must refuse it.</summary>
internal static class HostileFiles
{
    private static readonly string[] Dangerous =
    [
        "os system", "posix system", "nt system", "builtins eval", "builtins exec", "__builtin__ eval", "builtins getattr", "builtins __import__", "builtins open",
        "subprocess Popen", "runpy _run_code", "operator attrgetter", "functools partial", "types CodeType", "torch load", "torch.hub load", "torch.jit load",
        "torch.serialization load", "numpy load", "pickle loads", "webbrowser open", "shutil rmtree", "socket create_connection", "collections.abc Mapping", "torch.nn.modules.module eval.x",
    ];

    /// <summary>Every file by name.</summary>
    public static IReadOnlyDictionary<string, (byte[] Bytes, string Words)> All { get; } =
        Names().Concat(Pickles()).Concat(Tensors()).Concat(Archives()).Concat(Legacies()).Concat(Messages()).Concat(LongNames())
            .ToDictionary(file => file.Name, file => (file.Bytes, file.Words));

    // Every dangerous name, by every instruction that could look it up.
    private static IEnumerable<(string Name, byte[] Bytes, string Words)> Names()
    {
        foreach (string dangerous in Dangerous)
        {
            string[] name = dangerous.Split(' ');
            var global = new Python.Global(name[0], name[1]);
            string words = $"its pickle asks for '{name[0]}.{name[1]}'";
            object?[] arguments = ["touch /tmp/owned"];
            yield return ($"{dangerous}, called, zip", TorchFile.Zip(new Python.Call(global, arguments)), words);
            yield return ($"{dangerous}, called, legacy", TorchFile.Legacy(new Python.Call(global, arguments)), words);
            yield return ($"{dangerous}, called, pickle", PickleWriter.Write(new Python.Call(global, arguments), 4), words);
            yield return ($"{dangerous}, made, zip", TorchFile.Zip(new Python.Call(global, arguments) { IsNew = true }), words);
            yield return ($"{dangerous}, inside a state dict", TorchFile.Zip(new Python.Dictionary(("w", Python.Floats("0", 1)), ("x", global)), ("0", new byte[4])), words);
            yield return ($"{dangerous}, by INST", Raw([(byte)'(', .. Encoding.UTF8.GetBytes($"i{name[0]}\n{name[1]}\n")]), words);
            yield return ($"{dangerous}, by STACK_GLOBAL", Raw([.. Short(name[0]), .. Short(name[1]), 0x93, (byte)')', (byte)'R']), words);
            yield return ($"{dangerous}, as a storage", TorchFile.Zip(new Python.Dictionary(("w", Python.Tensor(
                new Python.Persistent(new Python.Tuple("storage", global, "0", "cpu", 1)), 0, [1], [1]))), ("0", new byte[4])), words);
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes, string Words)> Pickles()
    {
        yield return ("nested tuples", Raw([(byte)')', .. Enumerable.Repeat((byte)0x85, 1_000_000)]), "it holds no state dict");
        yield return ("nested lists by marks", Raw([.. Enumerable.Repeat((byte)'(', 400_000), .. Enumerable.Repeat((byte)'l', 400_000)]), "it holds no state dict");
        yield return ("endless instructions", Raw([.. Enumerable.Repeat((byte)'N', 3_000_000)]), "more than 2000000 instructions");
        yield return ("memo bomb", Raw([(byte)']', (byte)'q', 0, .. Enumerable.Range(1, 120).SelectMany(i => new byte[] { (byte)']', (byte)'q', (byte)i, (byte)'h', (byte)(i - 1), (byte)'a', (byte)'h', (byte)(i - 1), (byte)'a' })]), "it holds no state dict");
        yield return ("memo bomb of text", Raw([(byte)'X', 0, 0, 0x10, 0, .. new byte[1 << 20], (byte)'q', 0, .. Enumerable.Range(0, 80).SelectMany(_ => FixTuple1("c_codecs\nencode\nh\0\x85R"u8.ToArray()))]), "bytes of text");
        yield return ("copies of one big list", Raw([(byte)'(', .. Enumerable.Repeat((byte)'N', 100_000), (byte)'l', (byte)'q', 0, .. Enumerable.Range(0, 40).SelectMany(_ => FixTuple1("cbuiltins\nlist\nh\0\x85R"u8.ToArray()))]), "more than 2000000 instructions");
        yield return ("a dictionary of itself", Raw([(byte)'}', (byte)'q', 0, .. Text("state_dict"), (byte)'h', 0, (byte)'s', (byte)'h', 0, .. Text("model"), (byte)'h', 0, (byte)'s']), "it holds no state dict");
        yield return ("modules that share modules", PickledModuleBomb(), "it holds no state dict");
        yield return ("a pickle within a pickle within a pickle", NestedPickles(), "'torch.storage._load_from_bytes' with arguments that PyTorch never writes");
        yield return ("text of 2^63 bytes", Raw([0x8D, 0, 0, 0, 0, 0, 0, 0, 0x80]), "bytes of text");
        yield return ("text of 2^64 - 1 bytes", Raw([0x8D, .. Enumerable.Repeat((byte)0xFF, 8)]), "bytes of text");
        yield return ("text of 4 GB", Raw([(byte)'X', 0xFF, 0xFF, 0xFF, 0xFF]), "bytes of text");
        yield return ("text of 60 MB that is not there", Raw([(byte)'X', 0, 0, 0xC0, 3]), "its pickle claims");
        yield return ("bytes of 2^62", Raw([0x8E, 0, 0, 0, 0, 0, 0, 0, 0x40]), "its pickle claims");
        yield return ("an integer of 2 GB", Raw([0x8B, 0xFF, 0xFF, 0xFF, 0x7F]), "an integer of 2147483647 bytes");
        yield return ("an integer of negative length", Raw([0x8B, 0xFF, 0xFF, 0xFF, 0xFF]), "an integer of 4294967295 bytes");
        yield return ("a line without end", Raw([(byte)'I', .. Enumerable.Repeat((byte)'1', 10_000)]), "a line of its pickle has more than 4096 bytes");
        yield return ("a number that is none", Raw([(byte)'I', (byte)'x', (byte)'\n']), "an integer that is not a number");
        yield return ("a pop of nothing", Raw([(byte)'0']), "takes a value that was never put there");
        yield return ("a tuple of nothing", Raw([0x87]), "takes a value that was never put there");
        yield return ("no mark", Raw([(byte)'t']), "takes a value that was never put there");
        yield return ("a value below the mark", Raw([(byte)'N', (byte)'(', (byte)'N', 0x86]), "takes a value that was never put there");
        yield return ("an unknown memo", Raw([(byte)'h', 7]), "recalls memo 7");
        yield return ("a key without a value", Raw([(byte)'(', (byte)'N', (byte)'d']), "a key without a value");
        yield return ("items of a number", Raw([(byte)'K', 1, (byte)'(', (byte)'N', (byte)'N', (byte)'u']), "sets items of something that is not a dictionary");
        yield return ("appending to a number", Raw([(byte)'K', 1, (byte)'N', (byte)'a']), "appends to something that is not a list");
        yield return ("a call of a number", Raw([(byte)'K', 1, (byte)')', (byte)'R']), "calls something that cannot be called");
        yield return ("a call with a list", Raw([.. "ccollections\nOrderedDict\n]R"u8]), "calls something that cannot be called");
        yield return ("an extension", Raw([0x82, 1]), "unknown or unsupported instruction 0x82");
        yield return ("an out-of-band buffer", Raw([0x97]), "unknown or unsupported instruction 0x97");
        yield return ("protocol 200", TorchFile.Zip([0x80, 200, (byte)'N', (byte)'.']), "is of protocol 200");
        yield return ("text that is not UTF-8", Raw([(byte)'X', 1, 0, 0, 0, 0xFF]), "is not UTF-8");
        yield return ("a name with line breaks", TorchFile.Zip(new Python.Dictionary(("a\nb\u001b[31m", Python.Floats("0", 2))), ("0", new byte[8]), ("1", [])).Concat(new byte[1]).ToArray(), "does not end as a zip archive does");
        yield return ("an empty pickle", TorchFile.Zip([]), "its pickle ends at byte");
        yield return ("no state dict", TorchFile.Zip(new Python.List(1, 2)), "it holds no state dict");
    }

    private static IEnumerable<(string Name, byte[] Bytes, string Words)> Tensors()
    {
        (string, long, long[], long[], string)[] views =
        [
            ("stride beyond the storage", 0, [2, 3], [100, 1], "reaches element 102 of a storage of 6"),
            ("offset beyond the storage", 6, [1], [1], "reaches element 6 of a storage of 6"),
            ("offset of 2^62", 1L << 62, [2], [1], "of a storage of 6"),
            ("one element too many", 1, [2, 3], [3, 1], "reaches element 6 of a storage of 6"),
            ("a negative stride", 5, [3], [-1], "a negative stride or offset"),
            ("a negative offset", -1, [3], [1], "a negative stride or offset"),
            ("a negative dimension", 0, [-3], [1], "is that of no tensor"),
            ("stride that overflows", 0, [3, 3], [long.MaxValue, long.MaxValue], "of a storage of 6"),
            ("shape that overflows", 0, [1L << 40, 1L << 40], [0, 0], "is that of no tensor"),
            ("a terabyte of one element", 0, [1L << 38], [0], "repeats a storage of 6 elements"),
            ("more dimensions than strides", 0, [2, 3], [1], "has 2 dimensions but 1 strides"),
            ("100 dimensions", 0, [.. Enumerable.Repeat(1L, 100)], [.. Enumerable.Repeat(1L, 100)], "has 100 dimensions"),
        ];
        foreach ((string name, long offset, long[] shape, long[] strides, string words) in views)
        {
            var root = new Python.Dictionary(("w", Python.Tensor(Python.Storage("0", "FloatStorage", 6), offset, shape, strides)));
            yield return ($"{name}, zip", TorchFile.Zip(root, ("0", new byte[24])), words);
            yield return ($"{name}, legacy", TorchFile.Legacy(root, ("0", 4, new byte[24])), words);
        }

        yield return ("a storage shorter than it says", TorchFile.Zip(State("FloatStorage", 6), ("0", new byte[20])), "storage '0' has 20 bytes where its pickle says 24");
        yield return ("a storage longer than it says", TorchFile.Zip(State("FloatStorage", 6), ("0", new byte[28])), "storage '0' has 28 bytes where its pickle says 24");
        yield return ("a storage of -1 elements", TorchFile.Zip(State("FloatStorage", -1), ("0", [])), "in a form that PyTorch never writes");
        yield return ("a storage of 2^62 elements", TorchFile.Zip(State("FloatStorage", 1L << 62), ("0", [])), "more than any file holds");
        yield return ("a storage that is a tuple type", TorchFile.Zip(new Python.Dictionary(("w", Python.Tensor(new Python.Persistent(new Python.Tuple("storage", new Python.Global("torch", "Size"), "0", "cpu", 1)), 0, [1], [1]))), ("0", new byte[4])), "which is not a storage of numbers");
        yield return ("path traversal by a storage's key", TorchFile.Zip(new Python.Dictionary(("w", Python.Tensor(Python.Storage("../../../../etc/passwd", "ByteStorage", 1), 0, [1], [1])))), "refers to storage '../../../../etc/passwd', which the archive lacks");
        yield return ("a storage in two types", TorchFile.Zip(new Python.Dictionary(("a", Python.Floats("0", 2)), ("b", Python.Tensor(Python.Storage("0", "DoubleStorage", 1), 0, [1], [1]))), ("0", new byte[8])), "describes storage '0' in two ways");
        yield return ("a persistent id of nothing", TorchFile.Zip(new Python.Persistent(null)), "in a form that PyTorch never writes");
        yield return ("a tensor of no storage", TorchFile.Zip(new Python.Dictionary(("w", Python.Tensor(7, 0, [1], [1])))), "with arguments that PyTorch never writes");
        yield return ("a tensor with fractions", TorchFile.Zip(new Python.Dictionary(("w", new Python.Call(new Python.Global("torch._utils", "_rebuild_tensor_v2"), Python.Storage("0", "FloatStorage", 1), 0, new Python.Tuple(1.0), new Python.Tuple(1)))), ("0", new byte[4])), "with arguments that PyTorch never writes");
        yield return ("thousands of tensors of one storage", TorchFile.Zip(new Python.Dictionary([.. Enumerable.Range(0, 2000).Select(i => ((object?)$"w{i}", (object?)Python.Tensor(Python.Storage("0", "FloatStorage", 4), 0, [1 << 20], [0])))]), ("0", new byte[16])), "share storages so much");
    }

    private static Python.Dictionary State(string storage, long elements) => new(("w", Python.Tensor(Python.Storage("0", storage, elements), 0, [Math.Max(elements, 0)], [1])));

    private static IEnumerable<(string Name, byte[] Bytes, string Words)> Archives()
    {
        byte[] pickle = PickleWriter.Write(State("ByteStorage", 1 << 24));
        yield return ("a zip bomb", TorchFile.Archive(CompressionLevel.SmallestSize, ("x/data.pkl", pickle), ("x/data/0", new byte[1 << 24])), "is compressed, which PyTorch never does");
        yield return ("an archive of something else", TorchFile.Archive(CompressionLevel.NoCompression, ("word/document.xml", [1])), "with 0 files 'data.pkl'");
        yield return ("two pickles", TorchFile.Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("b/data.pkl", pickle)), "with 2 files 'data.pkl'");
        yield return ("a name twice", TorchFile.Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("a/data.pkl", pickle)), "names 'a/data.pkl' twice");
        yield return ("an empty archive", [.. "PK\x3\x4"u8, .. TorchFile.Archive(CompressionLevel.NoCompression)], "with 0 files 'data.pkl'");
        yield return ("a big-endian archive", TorchFile.Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("a/byteorder", "big"u8.ToArray())), "big-endian machine");

        byte[] sound = TorchFile.Zip(State("FloatStorage", 4), ("0", TorchFile.Counting(4)));
        int directory = BitConverter.ToInt32(sound, sound.Length - 6);
        byte[] Changed(int offset, params byte[] bytes)
        {
            byte[] changed = [.. sound];
            bytes.CopyTo(changed, offset);
            return changed;
        }

        int second = directory + 46 + BitConverter.ToUInt16(sound, directory + 28);
        yield return ("a directory outside of the file", Changed(sound.Length - 6, 0xFF, 0xFF, 0xFF, 0x7F), "lies outside of the file");
        yield return ("a directory with more entries than it has", Changed(sound.Length - 12, 9, 0), "fewer entries than it claims");
        yield return ("a directory with fewer entries than it has", Changed(sound.Length - 12, 1, 0), "longer than its entries");
        yield return ("an entry outside of the file", Changed(directory + 42, 0xFF, 0xFF, 0xFF, 0x7F), "lies outside of the file");
        yield return ("an entry where there is none", Changed(directory + 42, 1, 0, 0, 0), "is not where the zip directory says");
        yield return ("an entry longer than the file", Changed(directory + 20, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0), "more than the file has");
        yield return ("entries that overlap", Changed(second + 42, 0, 0, 0, 0), "in it overlap");
        yield return ("an encrypted entry", Changed(directory + 8, 1), "is encrypted");
        yield return ("a 64-bit size that is missing", Changed(directory + 20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), "the 64-bit size of 'weights/data.pkl' in it is missing");
        yield return ("a 64-bit directory outside of the file",
            [.. sound[..^22], .. "PK\x6\x7"u8, 0, 0, 0, 0, .. Enumerable.Repeat((byte)0x7F, 8), 1, 0, 0, 0, .. sound[^22..]], "lies outside of the file");
        yield return ("a 64-bit directory that is none",
            [.. sound[..^22], .. "PK\x6\x7"u8, 0, 0, 0, 0, .. new byte[8], 1, 0, 0, 0, .. sound[^22..]], "is not where it says");
    }

    private static IEnumerable<(string Name, byte[] Bytes, string Words)> Legacies()
    {
        Python.Dictionary one = State("FloatStorage", 2);
        yield return ("a storage that is not listed", TorchFile.Legacy(one), "the storage of 'w' is missing");
        yield return ("a storage that nobody uses", TorchFile.Legacy(one, ("0", 4, new byte[8]), ("9", 4, new byte[8])), "lists storage '9', which no tensor uses");
        yield return ("a storage listed twice", TorchFile.Legacy(one, ("0", 4, new byte[8]), ("0", 4, new byte[8])), "lists storage '0'");
        yield return ("another count of elements", TorchFile.Legacy(one, ("0", 2, new byte[8])), "gives storage '0' 4 elements where its pickle says 2");
        yield return ("bytes behind the storages", [.. TorchFile.Legacy(one, ("0", 4, new byte[8])), 1, 2], "2 bytes follow the last storage");
        yield return ("a view outside of its storage", TorchFile.Legacy(new Python.Dictionary(("w", Python.Tensor(new Python.Persistent(new Python.Tuple("storage", new Python.Global("torch", "FloatStorage"), "0", "cpu", 2, new Python.Tuple("v", 1, 2))), 0, [1], [1]))), ("0", 4, new byte[8])), "takes a view outside of storage '0'");
        byte[] sound = TorchFile.Legacy(one, ("0", 4, new byte[8]));
        yield return ("another protocol version", [.. sound[..15], .. PickleWriter.Write(1002), .. sound[(15 + PickleWriter.Write(1001).Length)..]], "is of a protocol version other than 1001");
        byte[] system = PickleWriter.Write(new Python.Dictionary(("little_endian", false)));
        yield return ("a big-endian file", [.. sound[..15], .. PickleWriter.Write(1001), .. system, .. PickleWriter.Write(one), .. PickleWriter.Write(new Python.List())], "big-endian machine");
    }

    private static IEnumerable<(string Name, byte[] Bytes, string Words)> Messages()
    {
        yield return ("a map of 2^32 - 1 entries", [0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 0xA1, 65, 0], "claims 4294967295 items");
        yield return ("an array of 2^32 - 1 items", Map([0xDD, 0xFF, 0xFF, 0xFF, 0xFF]), "claims 4294967295 items");
        yield return ("bytes of 4 GB", Map([0xC6, 0xFF, 0xFF, 0xFF, 0xFF]), "claims 4294967295 bytes");
        yield return ("an extension of 4 GB", Map([0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 1]), "claims 4294967295 bytes");
        yield return ("msgpack text of 4 GB", Map([0xDB, 0xFF, 0xFF, 0xFF, 0xFF]), "text of 4294967295 bytes");
        yield return ("deep arrays", Map([.. Enumerable.Repeat((byte)0x91, 1_000_000), 0]), "nested more than 64 deep");
        yield return ("deep maps", [.. Enumerable.Repeat<byte[]>([0x81, 0xA1, 65], 300_000).SelectMany(bytes => bytes), 0], "nested more than 64 deep");
        yield return ("arrays in arrays in arrays", Map(DeepExtensions(1000)), "nested more than 64 deep");
        yield return ("three million values", Map([0xDD, 0, 0x2D, 0xC6, 0xC0, .. new byte[3_000_000]]), "more than 2000000 values");
        yield return ("a key that is a number", [0x81, 1, 1], "a key that is not text");
        yield return ("the same key twice", [0x82, 0xA1, 65, 1, 0xA1, 65, 1], "the same key twice");
        yield return ("an unused type", Map([0xC1]), "the unused msgpack type 0xc1");
        yield return ("an unknown extension", Map([0xD4, 9, 0]), "the unknown extension type 9");
        yield return ("bytes behind the value", [.. Map([1]), 0], "1 bytes follow its msgpack value");
        yield return ("text of wrong UTF-8", Map([0xA1, 0xFF]), "is not UTF-8");
        yield return ("no arrays", Map([1]), "it holds no arrays");
        yield return ("objects", Array("object", [1], new byte[8]), "of the unsupported type 'object'");
        yield return ("too few bytes", Array("float32", [3], new byte[8]), "has an array float32 [3] with 8 bytes");
        yield return ("a shape that overflows in Flax", Array("float32", [long.MaxValue, long.MaxValue], []), "has an array float32");
        yield return ("a negative shape in Flax", Array("float32", [-1], []), "has an array float32 [-1]");
        yield return ("an array that is a number", Map([0xD4, 1, 0]), "has an array that is not a shape, a type and bytes");
        object? Pieces(object? shape, object? chunks) => new (string, object?)[] { ("w", new (string, object?)[] { ("__msgpack_chunked_array__", true), ("shape", shape), ("chunks", chunks) }) };
        foreach ((string name, object? value) in ((string, object?)[])
        [
            ("no pieces", Pieces(new (string, object?)[] { ("0", 1) }, System.Array.Empty<(string, object?)>())),
            ("pieces that are too short", Pieces(new (string, object?)[] { ("0", 3) }, new (string, object?)[] { ("0", MessagePackWriter.Array("int8", [2], [1, 2])) })),
            ("pieces of two types", Pieces(new (string, object?)[] { ("0", 2) }, new (string, object?)[] { ("0", MessagePackWriter.Array("int8", [1], [1])), ("1", MessagePackWriter.Array("uint8", [1], [1])) })),
            ("pieces without a number", Pieces(new (string, object?)[] { ("0", 1) }, new (string, object?)[] { ("5", MessagePackWriter.Array("int8", [1], [1])) })),
            ("pieces of nothing", Pieces(1, 2)),
        ])
        {
            yield return (name, MessagePackWriter.Write(value), "has an array in pieces that do not fit together");
        }
    }

    // Names on the way to a tensor that a small file would have repeated for each of many tensors.
    private static IEnumerable<(string Name, byte[] Bytes, string Words)> LongNames()
    {
        const string tooLong = "joins names to more than 1000 characters", tooMany = "its joined names have more than 33554432 characters";
        Python.Call Module(Python.Dictionary parameters, Python.Dictionary modules) => new(new Python.Global("torch.nn.modules.module", "Module"))
        {
            IsNew = true,
            State = new Python.Dictionary(("_parameters", parameters), ("_modules", modules)),
        };
        Python.Dictionary Entries(int count, object? value) => new([.. Enumerable.Range(0, count).Select(i => ((object?)$"w{i}", value))]);
        Python.Call tensors = Module(Entries(2000, Python.Floats("0", 1)), new Python.Dictionary()), names = Module(new Python.Dictionary(), Entries(40_000, true));
        yield return ("a long name before many tensors", TorchFile.Zip(Module(new Python.Dictionary(), new Python.Dictionary((new string('n', 200_000), tensors))), ("0", new byte[4])), tooLong);
        yield return ("a name before too many modules", TorchFile.Zip(Module(new Python.Dictionary(), new Python.Dictionary((new string('n', 900), names)))), tooMany);

        (string, object?)[] Messages(int count, object? value) => [.. Enumerable.Range(0, count).Select(i => ($"w{i}", value))];
        object? Nested(int depth, object? value) => depth == 0 ? value : new (string, object?)[] { (new string('n', 250), Nested(depth - 1, value)) };
        yield return ("long names before many arrays", MessagePackWriter.Write(Nested(50, Messages(30_000, MessagePackWriter.Array("int8", [], [1])))), tooLong);
        yield return ("names before too many arrays", MessagePackWriter.Write(Nested(3, Messages(60_000, true))), tooMany);
    }

    private static byte[] Map(byte[] value) => [0x81, 0xA1, 65, .. value];

    private static byte[] Array(string type, long[] shape, byte[] bytes) => MessagePackWriter.Write(new (string, object?)[] { ("w", MessagePackWriter.Array(type, shape, bytes)) });

    private static byte[] DeepExtensions(int depth)
    {
        byte[] inner = [0x90];
        for (int i = 0; i < depth; i++)
        {
            inner = [0xC9, .. BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(inner.Length)), 1, .. inner];
        }

        return inner;
    }

    private static byte[] PickledModuleBomb()
    {
        // Module i holds module i - 1 twice: 2^60 ways to the last one, which holds nothing.
        var instructions = new List<byte>();
        instructions.AddRange(Module([(byte)'}']));
        instructions.AddRange([(byte)'q', 0]);
        for (byte i = 1; i <= 60; i++)
        {
            instructions.AddRange(Module([(byte)'}', .. Text("a"), (byte)'h', (byte)(i - 1), (byte)'s', .. Text("b"), (byte)'h', (byte)(i - 1), (byte)'s']));
            instructions.AddRange([(byte)'q', i]);
        }

        return Raw([.. instructions]);

        static byte[] Module(byte[] modules) =>
            [.. "ctorch.nn.modules.container\nModuleDict\n)"u8, 0x81, (byte)'}', .. Text("_modules"), .. modules, (byte)'s', (byte)'b'];
    }

    private static byte[] NestedPickles()
    {
        byte[] inner = TorchFile.Legacy(Python.Storage("0", "FloatStorage", 1), ("0", 4, new byte[4]));
        var load = new Python.Global("torch.storage", "_load_from_bytes");
        return PickleWriter.Write(new Python.Call(load, TorchFile.Legacy(new Python.Call(load, inner))), 4);
    }

    private static byte[] Raw(byte[] instructions) => [0x80, 4, .. instructions, (byte)'.'];

    private static byte[] Short(string text) => [0x8C, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Text(string text) => Short(text);

    // A string literal writes the instruction TUPLE1 (0x85) as two bytes of UTF-8.
    private static byte[] FixTuple1(byte[] literal) => [.. literal.Where(b => b != 0xC2)];
}
