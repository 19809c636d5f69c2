using System.Text;
using CertiPure.Torch.Checkpoints.Pickle;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>
/// The names that checkpoints of PyTorch may use. Those that make tensors and containers are understood; those that real
/// checkpoints hold beside them (scalars, options, module classes) give inert objects; all others are refused.
/// </summary>
/// <param name="path">The checkpoint, for messages.</param>
/// <param name="budget">What the pickles may cost.</param>
/// <param name="persistent">Finds the storage of a persistent id.</param>
/// <param name="nested">Whether this pickle lies within another one; it may then hold no further one, so that nothing recurses.</param>
internal sealed class TorchNames(string path, PickleBudget budget, Func<object?, object?> persistent, bool nested = false) : IPickleNames
{
    private static readonly Dictionary<string, ElementType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["BoolStorage"] = ElementType.Boolean,
        ["ByteStorage"] = ElementType.UInt8,
        ["CharStorage"] = ElementType.Int8,
        ["ShortStorage"] = ElementType.Int16,
        ["IntStorage"] = ElementType.Int32,
        ["LongStorage"] = ElementType.Int64,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["FloatStorage"] = ElementType.Float32,
        ["DoubleStorage"] = ElementType.Float64,
    };

    private static readonly Dictionary<string, ElementType> DataTypes = new(StringComparer.Ordinal)
    {
        ["bool"] = ElementType.Boolean,
        ["uint8"] = ElementType.UInt8,
        ["int8"] = ElementType.Int8,
        ["uint16"] = ElementType.UInt16,
        ["int16"] = ElementType.Int16,
        ["uint32"] = ElementType.UInt32,
        ["int32"] = ElementType.Int32,
        ["uint64"] = ElementType.UInt64,
        ["int64"] = ElementType.Int64,
        ["float16"] = ElementType.Float16,
        ["bfloat16"] = ElementType.BFloat16,
        ["float32"] = ElementType.Float32,
        ["float64"] = ElementType.Float64,
    };

    private static readonly HashSet<string> Quantised = new(StringComparer.Ordinal)
    {
        "qint8", "quint8", "qint32", "quint4x2", "quint2x4", "QInt8Storage", "QUInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage",
    };

    // Known to lie beside the tensors in published checkpoints; nothing is ever made of them.
    private static readonly HashSet<string> Inert = new(StringComparer.Ordinal)
    {
        "argparse.Namespace", "copyreg._reconstructor", "copy_reg._reconstructor", "builtins.object", "__builtin__.object",
        "builtins.complex", "__builtin__.complex", "builtins.slice", "builtins.range", "builtins.bytearray", "builtins.int", "builtins.float",
        "builtins.bool", "builtins.str", "builtins.bytes", "datetime.datetime", "datetime.timedelta", "pathlib.PosixPath", "pathlib.WindowsPath",
        "pathlib.PurePosixPath", "decimal.Decimal", "fractions.Fraction", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.core.numeric._frombuffer",
        "numpy._core.numeric._frombuffer", "numpy.ndarray", "numpy.dtype", "torch.device", "torch.serialization._get_layout",
        "torch.Generator", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.Tensor", "torch._tensor.Tensor",
        "torch_utils.persistence._reconstruct_persistent_obj",
    };

    public PickleGlobal? Find(string module, string name)
    {
        PickleCall? call = $"{module}.{name}" switch
        {
            "collections.OrderedDict" or "collections.defaultdict" or "collections.Counter" or "builtins.dict" or "__builtin__.dict"
                or "dnnlib.util.EasyDict" => MakeDictionary,
            "builtins.list" or "__builtin__.list" or "builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset" => MakeList,
            "builtins.tuple" or "__builtin__.tuple" or "torch.Size" => MakeTuple,
            "_codecs.encode" => Encode,
            "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" => RebuildTensor,
            "torch._utils._rebuild_tensor_v3" => RebuildTypedTensor,
            "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" => FirstArgument,
            "torch._tensor._rebuild_from_type_v2" => RebuildFromType,
            "torch.storage._load_from_bytes" => LoadFromBytes,
            var full when Inert.Contains(full) || IsModuleClass(module, name) => MakeInert,
            _ => null,
        };
        if (IsQuantised(module, name))
        {
            throw Unreadable.Because(path, $"its weights are quantised ('{module}.{name}'); save the network with float weights");
        }

        if (module.StartsWith("torch.distributed.", StringComparison.Ordinal))
        {
            throw Unreadable.Because(path, $"it is one part of a checkpoint that is sharded over processes ('{module}.{name}'); save a whole state dict");
        }

        bool mentioned = module is "torch" or "torch.cuda" or "torch.storage"
            && (StorageTypes.ContainsKey(name) || DataTypes.ContainsKey(name) || name == "UntypedStorage");
        return call is null && !mentioned ? null : new PickleGlobal(module, name, call);
    }

    public object? Persistent(object? id) => persistent(id);

    /// <summary>The storage of a persistent id <c>('storage', type, key, location, elements, ...)</c>, without its bytes; the location
    /// (a CUDA device, say) does not matter to the elements.</summary>
    public static TorchStorage MakeStorage(string path, IReadOnlyList<object?> id, out string key)
    {
        if (id is not ["storage" or "typed_storage", PickleGlobal type, string or long, _, long elements, ..] || elements < 0)
        {
            throw Unreadable.Because(path, "its pickle refers to a storage in a form that PyTorch never writes; it is damaged");
        }

        key = id[2]!.ToString()!;
        ElementType? elementType = StorageTypes.TryGetValue(type.Name, out ElementType known) ? known : null;
        if (elementType is null && type.Name != "UntypedStorage")
        {
            throw Unreadable.Because(path, $"storage '{key}' is a '{type}', which is not a storage of numbers");
        }

        if (!TensorShape.TryCount([elements], elementType?.Size() ?? 1, out _))
        {
            throw Unreadable.Because(path, $"storage '{key}' claims {elements} elements, more than any file holds");
        }

        return new TorchStorage(elementType, elements * (elementType?.Size() ?? 1));
    }

    private static bool IsQuantised(string module, string name) =>
        (module is "torch" && Quantised.Contains(name)) || (module == "torch._utils" && name == "_rebuild_qtensor")
        || module.StartsWith("torch.ao.nn.quantized", StringComparison.Ordinal) || module.StartsWith("torch.nn.quantized", StringComparison.Ordinal)
        || module.StartsWith("torch.ao.nn.intrinsic.quantized", StringComparison.Ordinal);

    // Module classes of PyTorch itself (containers, mostly) whose state holds the tensors of a whole pickled network.
    private static bool IsModuleClass(string module, string name) =>
        module.StartsWith("torch.nn.modules.", StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static PickleObject MakeInert(PickleGlobal name, IReadOnlyList<object?> arguments) => new PickleObject(name, arguments);

    private static object? FirstArgument(PickleGlobal name, IReadOnlyList<object?> arguments) => arguments.Count > 0 ? arguments[0] : null;

    private PickleDictionary MakeDictionary(PickleGlobal name, IReadOnlyList<object?> arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments is [PickleList pairs])
        {
            budget.TakeInstructions(pairs.Items.Count);
            foreach (object? item in pairs.Items)
            {
                IReadOnlyList<object?> pair = item switch { PickleTuple tuple => tuple.Items, PickleList list => list.Items, _ => [] };
                if (pair is not [var key, var value])
                {
                    throw Malformed(name);
                }

                dictionary.Set(key, value);
            }
        }
        else if (arguments is [PickleDictionary other])
        {
            budget.TakeInstructions(other.Count);
            dictionary.SetAll(other);
        }

        return dictionary;
    }

    private PickleList MakeList(PickleGlobal name, IReadOnlyList<object?> arguments)
    {
        var list = new PickleList();
        if (arguments is [PickleList items])
        {
            budget.TakeInstructions(items.Items.Count);
            list.Items.AddRange(items.Items);
        }

        return list;
    }

    private PickleTuple MakeTuple(PickleGlobal name, IReadOnlyList<object?> arguments) => arguments switch
    {
        [PickleTuple tuple] => tuple,
        [PickleList] => new PickleTuple([.. MakeList(name, arguments).Items]),
        _ => new PickleTuple([]),
    };

    // Python 3 writes bytes in protocol 2 as text whose characters are the bytes.
    private MemorySource Encode(PickleGlobal name, IReadOnlyList<object?> arguments)
    {
        if (arguments is not [string text, ..])
        {
            throw Malformed(name);
        }

        budget.TakeText(text.Length);
        return new MemorySource(path, Encoding.Latin1.GetBytes(text));
    }

    private TorchTensor RebuildTensor(PickleGlobal name, IReadOnlyList<object?> arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..])
        {
            throw Malformed(name);
        }

        ElementType type = storage.ElementType
            ?? throw Unreadable.Because(path, "a tensor of its pickle has an untyped storage and no type of its own; it is damaged");
        return new TorchTensor(storage, type, offset, Integers(name, shape), Integers(name, strides));
    }

    private TorchTensor RebuildTypedTensor(PickleGlobal name, IReadOnlyList<object?> arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, _, _, PickleGlobal type, ..])
        {
            throw Malformed(name);
        }

        return DataTypes.TryGetValue(type.Name, out ElementType elementType)
            ? new TorchTensor(storage, elementType, offset, Integers(name, shape), Integers(name, strides))
            : throw Unreadable.Because(path, $"a tensor of its pickle has the unsupported type '{type}'");
    }

    private object? RebuildFromType(PickleGlobal name, IReadOnlyList<object?> arguments) =>
        arguments is [PickleGlobal { Call: { } rebuild } function, _, PickleTuple inner, ..] && function.ToString() != name.ToString()
            ? rebuild(function, inner.Items)
            : throw Malformed(name);

    private object? LoadFromBytes(PickleGlobal name, IReadOnlyList<object?> arguments) =>
        arguments is [ByteSource bytes] && !nested ? LegacyFile.LoadNested(bytes, budget) : throw Malformed(name);

    private long[] Integers(PickleGlobal name, PickleTuple tuple)
    {
        if (tuple.Items.Count > TensorShape.MaxDimensions)
        {
            throw Unreadable.Because(path, $"a tensor of its pickle has {tuple.Items.Count} dimensions");
        }

        return [.. tuple.Items.Select(item => item is long value ? value : throw Malformed(name))];
    }

    private CertiPureException Malformed(PickleGlobal name) =>
        Unreadable.Because(path, $"its pickle calls '{name}' with arguments that PyTorch never writes; it is damaged");
}
