using System.Buffers.Binary;
using System.Numerics;
using CertiPure.Torch.Checkpoints.Pickle;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>
/// The format that PyTorch wrote before 1.6: four pickles (magic number, protocol version, system, object), a pickled list of
/// storage keys, then for each key its element count and elements.
/// </summary>
internal sealed class LegacyFile
{
    private static readonly BigInteger MagicNumber = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);
    private readonly ByteSource source;
    private readonly PickleBudget budget;
    private readonly bool nested;
    private readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);
    private readonly List<(TorchStorage View, string Root, long Offset)> views = [];
    private long position;

    private LegacyFile(ByteSource source, PickleBudget budget, bool nested)
    {
        this.source = source;
        this.budget = budget;
        this.nested = nested;
    }

    /// <summary>Whether a file begins as this format does: protocol 2 and the magic number as an integer of ten bytes.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    /// <summary>Reads the object of a whole file.</summary>
    public static object? Load(ByteSource source) => new LegacyFile(source, new PickleBudget(source.Path), nested: false).Load();

    /// <summary>Reads the object of a file that is embedded in another pickle as bytes, as plain pickles of tensors have them.</summary>
    public static object? LoadNested(ByteSource source, PickleBudget budget) => new LegacyFile(source, budget, nested: true).Load();

    private object? Load()
    {
        if (LoadPickle() is not BigInteger magic || magic != MagicNumber)
        {
            throw Malformed("does not begin with PyTorch's magic number");
        }

        if (LoadPickle() is not 1001L)
        {
            throw Malformed("is of a protocol version other than 1001");
        }

        if (LoadPickle() is PickleDictionary system && system.TryGet("little_endian", out object? little) && little is false)
        {
            throw Unreadable.Because(source.Path, "it was saved on a big-endian machine; save it again on a little-endian one");
        }

        object? root = LoadPickle();
        if (LoadPickle() is not PickleList keys)
        {
            throw Malformed("has no list of storages");
        }

        foreach (object? key in keys.Items)
        {
            ReadStorage(key?.ToString() ?? "");
        }

        if (position != source.Length)
        {
            throw Unreadable.Because(source.Path, $"{source.Length - position} bytes follow the last storage and belong to none");
        }

        foreach ((TorchStorage view, string key, long offset) in views)
        {
            ResolveView(view, key, offset);
        }

        return root;
    }

    private object? LoadPickle()
    {
        var unpickler = new Unpickler(source, position, new TorchNames(source.Path, budget, Persistent, nested), budget);
        object? value = unpickler.Load();
        position = unpickler.Position;
        return value;
    }

    private object? Persistent(object? id)
    {
        if (nested && id is PickleTuple { Items: ["module", ..] })
        {
            throw Malformed("has a module in a storage");
        }

        return id switch
        {
            // A container class with its source, which early versions saved beside a whole module.
            PickleTuple { Items: ["module", PickleGlobal type, ..] } => type,
            PickleTuple tuple => FindStorage(tuple.Items),
            _ => throw Malformed("refers to something outside of it that is not a storage"),
        };
    }

    private TorchStorage FindStorage(IReadOnlyList<object?> id)
    {
        TorchStorage claimed = TorchNames.MakeStorage(source.Path, id, out string key);
        if (!storages.TryGetValue(key, out TorchStorage? root))
        {
            root = claimed;
            storages[key] = root;
        }
        else if (root.ElementType != claimed.ElementType || root.Length != claimed.Length)
        {
            throw Malformed($"describes storage '{key}' in two ways");
        }

        if (id is not [_, _, _, _, _, PickleTuple { Items: [_, long offset, long elements] }])
        {
            return root;
        }

        int size = root.ElementType?.Size() ?? 1;
        if (offset < 0 || elements < 0 || elements > root.Length / size || offset > (root.Length / size) - elements)
        {
            throw Malformed($"takes a view outside of storage '{key}'");
        }

        var view = new TorchStorage(root.ElementType, elements * size);
        views.Add((view, key, offset * size));
        return view;
    }

    private void ReadStorage(string key)
    {
        if (!storages.TryGetValue(key, out TorchStorage? storage) || storage.Bytes is not null)
        {
            throw Malformed($"lists storage '{key}', which no tensor uses or which was listed before");
        }

        if (source.Length - position < sizeof(long))
        {
            throw Unreadable.Because(source.Path, $"it ends before storage '{key}'; copy it again");
        }

        long elements = BinaryPrimitives.ReadInt64LittleEndian(source.Read(position, sizeof(long)));
        position += sizeof(long);
        if (elements != storage.Length / (storage.ElementType?.Size() ?? 1))
        {
            throw Malformed($"gives storage '{key}' {elements} elements where its pickle says {storage.Length / (storage.ElementType?.Size() ?? 1)}");
        }

        if (storage.Length > source.Length - position)
        {
            throw Unreadable.Because(source.Path, $"storage '{key}' takes {storage.Length} bytes but only {source.Length - position} follow; "
                + "it was cut short, copy it again");
        }

        storage.Bytes = source.Slice(position, storage.Length);
        position += storage.Length;
    }

    private void ResolveView(TorchStorage view, string key, long offset) =>
        view.Bytes = storages[key].Bytes is { } bytes ? bytes.Slice(offset, view.Length) : throw Malformed($"lacks storage '{key}'");

    private CertiPureException Malformed(string what) => Unreadable.Because(source.Path, $"it {what}; it is damaged");
}
