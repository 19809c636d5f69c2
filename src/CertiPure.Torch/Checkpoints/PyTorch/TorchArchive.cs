using CertiPure.Torch.Checkpoints.Pickle;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>The format that PyTorch writes since 1.6: a zip archive with <c>data.pkl</c> and one file for each storage.</summary>
internal static class TorchArchive
{
    /// <summary>Whether a file begins as a zip archive does.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head) => head.StartsWith("PK\x3\x4"u8);

    /// <summary>Reads the object of an archive.</summary>
    public static object? Load(ByteSource archive)
    {
        IReadOnlyDictionary<string, ZipEntry> entries = ZipDirectory.Read(archive);
        ZipEntry[] pickles = [.. entries.Values.Where(entry => entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw Unreadable.Because(archive.Path, $"it is a zip archive with {pickles.Length} files 'data.pkl' where PyTorch writes one");
        }

        string folder = pickles[0].Name[..^"data.pkl".Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
        {
            throw Unreadable.Because(archive.Path,
                "it is a TorchScript program, not a state dict; give it as a classifier or save the state dict of its module");
        }

        if (entries.Values.FirstOrDefault(entry => !entry.IsStored) is { } compressed)
        {
            throw Unreadable.Because(archive.Path,
                $"'{compressed.Name}' in it is compressed, which PyTorch never does; unpack it and pack it again without compression");
        }

        if (entries.TryGetValue(folder + "byteorder", out ZipEntry? order) && order.Length == 3
            && archive.Read(order.DataOffset, 3).AsSpan().SequenceEqual("big"u8))
        {
            throw Unreadable.Because(archive.Path, "it was saved on a big-endian machine; save it again on a little-endian one");
        }

        var budget = new PickleBudget(archive.Path);
        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        var names = new TorchNames(archive.Path, budget, id => FindStorage(archive, entries, folder, storages, id));
        ByteSource pickle = archive.Slice(pickles[0].DataOffset, pickles[0].Length);
        return new Unpickler(pickle, 0, names, budget).Load();
    }

    private static TorchStorage FindStorage(ByteSource archive, IReadOnlyDictionary<string, ZipEntry> entries, string folder,
        Dictionary<string, TorchStorage> storages, object? id)
    {
        TorchStorage claimed = TorchNames.MakeStorage(archive.Path, id is PickleTuple tuple ? tuple.Items : [], out string key);
        if (storages.TryGetValue(key, out TorchStorage? known))
        {
            return known.ElementType == claimed.ElementType && known.Length == claimed.Length
                ? known
                : throw Unreadable.Because(archive.Path, $"its pickle describes storage '{key}' in two ways; it is damaged");
        }

        if (!entries.TryGetValue($"{folder}data/{key}", out ZipEntry? entry))
        {
            throw Unreadable.Because(archive.Path, $"its pickle refers to storage '{key}', which the archive lacks");
        }

        if (entry.Length != claimed.Length)
        {
            throw Unreadable.Because(archive.Path, $"storage '{key}' has {entry.Length} bytes where its pickle says {claimed.Length}; it is damaged");
        }

        claimed.Bytes = archive.Slice(entry.DataOffset, entry.Length);
        storages[key] = claimed;
        return claimed;
    }
}
