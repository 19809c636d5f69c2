using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Torch.Checkpoints.Pickle;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>
/// A whole network that was pickled as an object: its parameters and persistent buffers are found in the state of its modules. EDM's
/// <c>.pkl</c> files are such; the source code that they carry is never looked at.
/// </summary>
internal static class PickledModule
{
    private const int MaxDepth = 64;
    private const int MaxEntries = 1_000_000;
    private const int MaxOptions = 1000;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a value is a pickled module.</summary>
    public static bool Is(object? value) => StateOf(value) is { } state && state.Get<PickleDictionary>("_modules") is not null;

    /// <summary>The tensors of a module and of the modules in it, named as in its state dict.</summary>
    public static IEnumerable<KeyValuePair<string, TorchTensor>> Tensors(string path, object module)
    {
        int entries = 0;
        var names = new JoinedNames(path);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var transientNames = new Dictionary<object, HashSet<object?>>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<(string Prefix, int Depth, object Module)>();
        waiting.Push(("", 0, module));
        while (waiting.TryPop(out (string Prefix, int Depth, object Module) next))
        {
            PickleDictionary? state = StateOf(next.Module);
            if (state is null || !seen.Add(next.Module))
            {
                continue;
            }

            if (next.Depth > MaxDepth)
            {
                throw Unreadable.Because(path, $"its pickled modules are nested more than {MaxDepth} deep");
            }

            HashSet<object?>? transient = null;
            if (state.Get<PickleList>("_non_persistent_buffers_set") is { } list && !transientNames.TryGetValue(list, out transient))
            {
                transient = [.. list.Items];
                transientNames[list] = transient;
            }

            foreach (string kind in (string[])["_parameters", "_buffers"])
            {
                foreach ((string name, object? value) in state.Get<PickleDictionary>(kind)?.Named ?? [])
                {
                    Count();
                    if (value is TorchTensor tensor && !(kind == "_buffers" && transient?.Contains(name) == true))
                    {
                        yield return new(names.Join(next.Prefix, name), tensor);
                    }
                }
            }

            // Pushed in reverse, so that modules come in the order of the network.
            foreach ((string name, object? value) in (state.Get<PickleDictionary>("_modules")?.Named ?? []).Reverse())
            {
                Count();
                if (value is not null)
                {
                    waiting.Push((names.Join(next.Prefix, name) + ".", next.Depth + 1, value));
                }
            }
        }

        // Modules may share what they hold, so a small file could have any number of tensors.
        void Count()
        {
            if (++entries > MaxEntries)
            {
                throw Unreadable.Because(path, $"its pickled modules have more than {MaxEntries} entries");
            }
        }
    }

    /// <summary>The class of a pickled module, such as <c>EDMPrecond</c>; null if it does not say.</summary>
    public static string? ClassName(object module) => module switch
    {
        PickleObject { Arguments: [PickleDictionary meta] } => meta.Get<string>("class_name"),
        PickleObject { Type: var type } => type.Name,
        _ => null,
    };

    /// <summary>The arguments that EDM's networks were made with, as JSON; null if the module does not record them.</summary>
    public static string? Arguments(object module)
    {
        if (StateOf(module)?.Get<PickleDictionary>("_init_kwargs") is not { } arguments)
        {
            return null;
        }

        int left = MaxOptions;
        return ToJson(arguments, 0, ref left).ToJsonString(Plain);
    }

    private static PickleDictionary? StateOf(object? value) => value switch
    {
        PickleObject { State: PickleDictionary state } => state,
        PickleObject { Type.Name: "_reconstruct_persistent_obj", Arguments: [PickleDictionary meta] } => meta.Get<PickleDictionary>("state"),
        _ => null,
    };

    // Plain values only; anything else, and anything deeper or more than options ever are, is left out.
    private static JsonNode? ToJson(object? value, int depth, ref int left) => --left < 0 || depth > 4 ? null : value switch
    {
        string text => JsonValue.Create(text),
        long integer => JsonValue.Create(integer),
        bool boolean => JsonValue.Create(boolean),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        PickleList list => ToJson(list.Items, depth, ref left),
        PickleTuple tuple => ToJson(tuple.Items, depth, ref left),
        PickleDictionary dictionary => ToJson(dictionary, depth, ref left),
        _ => null,
    };

    private static JsonArray ToJson(IReadOnlyList<object?> items, int depth, ref int left)
    {
        var array = new JsonArray();
        for (int i = 0; i < items.Count && left > 0; i++)
        {
            array.Add(ToJson(items[i], depth + 1, ref left));
        }

        return array;
    }

    private static JsonObject ToJson(PickleDictionary dictionary, int depth, ref int left)
    {
        var json = new JsonObject();
        foreach ((string name, object? value) in dictionary.Named)
        {
            if (left <= 0)
            {
                break;
            }

            json[name] = ToJson(value, depth + 1, ref left);
        }

        return json;
    }
}
