namespace CertiPure.Torch.Checkpoints.Flax;

/// <summary>Reads the checkpoints of Flax, names joined by '/': <c>Dense_0/kernel</c>.</summary>
internal static class FlaxReader
{
    // In this order: averaged weights are what one uses of a purifier.
    private static readonly string[] Wrappers = ["params_ema", "ema_params", "params", "model_params"];

    /// <summary>Whether a file begins as a msgpack dictionary with entries does.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head) =>
        head.Length > 1 && head[0] is (> 0x80 and <= 0x8F) or 0xDE or 0xDF;

    /// <summary>The arrays of an open file.</summary>
    public static Checkpoint Read(CheckpointFile file, string? section)
    {
        object? root = FlaxParser.Parse(new FileSource(file, 0, file.Length));
        if (root is not FlaxDictionary top)
        {
            throw Unreadable.Because(file.Path, "it is not a dictionary of arrays");
        }

        string found = section ?? Wrappers.FirstOrDefault(wrapper => top.GetValueOrDefault(wrapper) is FlaxDictionary) ?? "";
        object? value = top;
        foreach (string key in found.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            value = value is FlaxDictionary dictionary && dictionary.TryGetValue(key, out object? inner)
                ? inner
                : throw Unreadable.Because(file.Path, $"it has no section '{section}'; {Describe(top)}");
        }

        var tensors = new List<CheckpointTensor>();
        Collect("", value, new JoinedNames(file.Path), tensors);
        if (tensors.Count == 0)
        {
            throw Unreadable.Because(file.Path, $"it holds no arrays{(found.Length > 0 ? $" in '{found}'" : "")}; {Describe(top)}");
        }

        if (tensors.GroupBy(tensor => tensor.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw Unreadable.Because(file.Path, $"it names '{repeated.Key}' twice");
        }

        string[] others = section is null ? [.. Wrappers.Where(wrapper => wrapper != found && top.GetValueOrDefault(wrapper) is FlaxDictionary)] : [];
        return new Checkpoint(file.Path, tensors, null, [file])
        {
            Format = CheckpointFormat.Flax,
            Section = found,
            LeftOut = others,
            RawWeights = AveragedWeights.IsName(found) ? others.FirstOrDefault(other => !AveragedWeights.IsName(other)) : null,
        };
    }

    // The parser has bounded the depth.
    private static void Collect(string name, object? value, JoinedNames names, List<CheckpointTensor> tensors)
    {
        if (value is FlaxArray array)
        {
            tensors.Add(new CheckpointTensor(name, array.ElementType, array.Shape, array.Bytes));
        }
        else if (value is FlaxDictionary dictionary)
        {
            string prefix = name.Length == 0 ? "" : $"{name}/";
            foreach ((string key, object? inner) in dictionary.Entries)
            {
                Collect(names.Join(prefix, key), inner, names, tensors);
            }
        }
    }

    private static string Describe(FlaxDictionary dictionary) =>
        $"it has the keys {string.Join(", ", dictionary.Entries.Take(10).Select(entry => $"'{entry.Key}'"))}";
}
