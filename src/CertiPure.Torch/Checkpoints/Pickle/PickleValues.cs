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

/// <summary>A Python list or set.</summary>
internal sealed class PickleList
{
    /// <summary>The items.</summary>
    public List<object?> Items { get; } = [];
}

/// <summary>A Python tuple. Compared by reference, so that a deep one costs nothing.</summary>
internal sealed class PickleTuple(IReadOnlyList<object?> items)
{
    /// <summary>The items.</summary>
    public IReadOnlyList<object?> Items { get; } = items;
}

/// <summary>An object of a class that is known by name only: the arguments and the state that the pickle gives it, inert.</summary>
internal sealed class PickleObject(PickleGlobal type, IReadOnlyList<object?> arguments)
{
    /// <summary>The class, or the function that makes the object.</summary>
    public PickleGlobal Type { get; } = type;

    /// <summary>The arguments of the constructor or function.</summary>
    public IReadOnlyList<object?> Arguments { get; } = arguments;

    /// <summary>The state that Python would give to <c>__setstate__</c> or put into <c>__dict__</c>.</summary>
    public object? State { get; set; }
}

/// <summary>The substitute for a call of an allowed name: it builds a value from the arguments and runs nothing of the file's.</summary>
/// <param name="name">The name that the pickle calls.</param>
/// <param name="arguments">The arguments from the pickle.</param>
internal delegate object? PickleCall(PickleGlobal name, IReadOnlyList<object?> arguments);

/// <summary>A name that a pickle refers to and that the allow-list knows.</summary>
/// <param name="Module">The Python module.</param>
/// <param name="Name">The name within the module.</param>
/// <param name="Call">The substitute for calling it; null if the name is only mentioned, as a type of storage is.</param>
internal sealed record PickleGlobal(string Module, string Name, PickleCall? Call)
{
    /// <summary>The full name, such as <c>torch._utils._rebuild_tensor_v2</c>.</summary>
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>The names that a pickle may use, and what its references to objects outside of it mean.</summary>
internal interface IPickleNames
{
    /// <summary>The allowed name, or null if it is not on the list.</summary>
    PickleGlobal? Find(string module, string name);

    /// <summary>The object outside of the pickle, such as a storage.</summary>
    object? Persistent(object? id);
}
