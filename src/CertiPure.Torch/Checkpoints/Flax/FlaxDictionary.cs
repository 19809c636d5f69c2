namespace CertiPure.Torch.Checkpoints.Flax;

/// <summary>A dictionary of a Flax checkpoint, which keeps the file's order.</summary>
internal sealed class FlaxDictionary
{
    private readonly List<KeyValuePair<string, object?>> entries = [];
    private readonly Dictionary<string, object?> byName = new(StringComparer.Ordinal);

    public int Count => entries.Count;

    public IReadOnlyList<KeyValuePair<string, object?>> Entries => entries;

    public bool TryAdd(string name, object? value)
    {
        bool added = byName.TryAdd(name, value);
        if (added)
        {
            entries.Add(new(name, value));
        }

        return added;
    }

    public bool ContainsKey(string name) => byName.ContainsKey(name);

    public bool TryGetValue(string name, out object? value) => byName.TryGetValue(name, out value);

    public object? GetValueOrDefault(string name) => byName.GetValueOrDefault(name);
}
