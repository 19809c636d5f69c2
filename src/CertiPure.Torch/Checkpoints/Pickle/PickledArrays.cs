using System.Text;

namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>
/// A pickled dictionary of NumPy arrays and lists, as CIFAR's Python version is published: read by the unpickler that runs nothing of
/// the file's, with a list of names that holds NumPy's arrays alone.
/// </summary>
public sealed class PickledArrays
{
    private readonly string _path;
    private readonly PickleDictionary _entries;

    private PickledArrays(string path, PickleDictionary entries)
    {
        _path = path;
        _entries = entries;
    }

    /// <summary>Reads a pickle.</summary>
    /// <param name="path">What to call it in an error message.</param>
    /// <param name="file">The whole pickle.</param>
    /// <exception cref="CertiPureException">It is damaged, no dictionary, or asks for other names.</exception>
    public static PickledArrays Read(string path, ReadOnlyMemory<byte> file)
    {
        // Python 2 wrote arrays as text, so that the text is as long as the file.
        var budget = new PickleBudget(path, Math.Max(2L * file.Length, PickleBudget.MaxTextBytes));
        object? value = new Unpickler(new MemorySource(path, file), 0, new Names(path), budget).Load();
        return value is PickleDictionary entries
            ? new PickledArrays(path, entries)
            : throw Unreadable.Because(path, "its pickle is not a dictionary");
    }

    /// <summary>Whether there is an entry of a name.</summary>
    public bool Contains(string name) => _entries.TryGet(name, out _);

    /// <summary>An array of bytes.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="row">The length of each row.</param>
    /// <exception cref="CertiPureException">There is none of that shape.</exception>
    public byte[] Bytes(string name, int row)
    {
        object? entry = _entries.TryGet(name, out object? found) ? found : null;
        (object? shape, object? type, object? content) = entry switch
        {
            PickleObject { Type.Name: "_reconstruct", State: PickleTuple { Items: [_, var sizes, var element, false, var bytes] } } =>
                (sizes, element, bytes),
            PickleObject { Type.Name: "_frombuffer", Arguments: [var bytes, var element, var sizes, "C"] } => (sizes, element, bytes),
            _ => (null, null, null),
        };
        if (shape is not PickleTuple { Items: [long rows, long length] } || length != row
            || type is not PickleObject { Type.Name: "dtype", Arguments: ["u1", ..] })
        {
            throw Unreadable.Because(_path, $"its '{name}' is not an array of bytes with {row} columns");
        }

        byte[] values = content switch
        {
            string text => Encoding.Latin1.GetBytes(text),
            ByteSource source => source.Read(0, checked((int)source.Length)),
            _ => [],
        };
        return values.Length == rows * length
            ? values
            : throw Unreadable.Because(_path, $"its '{name}' has {values.Length} bytes and not {rows} x {length}");
    }

    /// <summary>A list of whole numbers.</summary>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="CertiPureException">There is none.</exception>
    public int[] Integers(string name) => List(name, item => item is long value and >= int.MinValue and <= int.MaxValue ? (int)value : null);

    /// <summary>A list of words.</summary>
    /// <param name="name">The entry's name.</param>
    /// <exception cref="CertiPureException">There is none.</exception>
    public string[] Words(string name) => _entries.Get<PickleList>(name) is { } list && list.Items.All(item => item is string)
        ? [.. list.Items.Select(item => (string)item!)]
        : throw Unreadable.Because(_path, $"its '{name}' is not a list of words");

    private int[] List(string name, Func<object?, int?> convert) => _entries.Get<PickleList>(name) is { } list
        ? [.. list.Items.Select(item => convert(item) ?? throw Unreadable.Because(_path, $"its '{name}' holds something that is not a whole number"))]
        : throw Unreadable.Because(_path, $"its '{name}' is not a list of whole numbers");

    private sealed class Names(string path) : IPickleNames
    {
        public PickleGlobal? Find(string module, string name) => $"{module}.{name}" switch
        {
            "numpy.core.multiarray._reconstruct" or "numpy._core.multiarray._reconstruct" or "numpy.core.numeric._frombuffer"
                or "numpy._core.numeric._frombuffer" or "numpy.ndarray" or "numpy.dtype" => new PickleGlobal(
                    module, name, static (type, arguments) => new PickleObject(type, arguments)),
            "_codecs.encode" => new PickleGlobal(module, name, (_, arguments) => arguments is [string text, ..]
                ? new MemorySource(path, Encoding.Latin1.GetBytes(text))
                : throw Unreadable.Because(path, "its pickle encodes something that is not text")),
            _ => null,
        };

        public object? Persistent(object? id) => throw Unreadable.Because(path, "its pickle refers to something outside of it");
    }
}
