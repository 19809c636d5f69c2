using System.Diagnostics.CodeAnalysis;

namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>A Python dictionary in its order, looked up by strings only: no other key ever names a tensor.</summary>
internal sealed class PickleDictionary
{
    private readonly List<KeyValuePair<object?, object?>> entries = [];
    private Dictionary<string, int>? indices;

    /// <summary>The number of entries, whatever their keys.</summary>
    public int Count => entries.Count;

    /// <summary>The entries whose key is a string, in order.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Named =>
        entries.Where(entry => entry.Key is string)
            .Select(entry => new KeyValuePair<string, object?>((string)entry.Key!, entry.Value));

    /// <summary>Adds an entry; a string that is there already keeps its place and gets the new value.</summary>
    public void Set(object? key, object? value)
    {
        var entry = new KeyValuePair<object?, object?>(key, value);
        if (key is string name)
        {
            indices ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (indices.TryGetValue(name, out int index))
            {
                entries[index] = entry;
                return;
            }

            indices[name] = entries.Count;
        }

        entries.Add(entry);
    }

    /// <summary>Adds every entry of another dictionary.</summary>
    public void SetAll(PickleDictionary other)
    {
        foreach (KeyValuePair<object?, object?> entry in other.entries.ToArray())
        {
            Set(entry.Key, entry.Value);
        }
    }

    /// <summary>The value of a string key, or false.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out object value)
    {
        value = indices is not null && indices.TryGetValue(name, out int index) ? entries[index].Value : null;
        return value is not null;
    }

    /// <summary>The value of a string key if it is of that type, or null.</summary>
    public T? Get<T>(string name)
        where T : class => TryGet(name, out object? value) ? value as T : null;
}
