using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints.Pickle;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>The named tensors of a PyTorch checkpoint, found within the wrappers that training scripts put around them.</summary>
/// <param name="Section">The keys on the way to the tensors, joined by '/'; empty if they are at the top.</param>
/// <param name="Module">The whole network if the file holds one as an object, or null.</param>
/// <param name="Tensors">The tensors by name, in the file's order.</param>
internal sealed partial record StateDictionary(string Section, object? Module, IReadOnlyList<KeyValuePair<string, TorchTensor>> Tensors)
{
    private const int MaxDepth = 4;

    // In this order: averaged weights, where there are any, are what one uses of a purifier.
    private static readonly string[] Wrappers =
    [
        "params_ema", "ema", "model_ema", "ema_state_dict", "state_dict_ema", "ema_model", "swa_model", "state_dict", "model_state_dict", "model", "net",
        "network", "module", "params", "weights",
    ];

    /// <summary>The other keys of the file under which weights are kept.</summary>
    public IReadOnlyList<string> Others { get; private init; } = [];

    /// <summary>The key under which the file keeps raw weights, where <see cref="Section"/> was found and holds averaged ones; or null.</summary>
    public string? Raw { get; private init; }

    /// <summary>Finds the tensors.</summary>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <param name="root">The object that the file holds.</param>
    /// <param name="section">The keys on the way to the tensors, joined by '/'; null to look for them.</param>
    public static StateDictionary Find(string path, object? root, string? section)
    {
        if (section is not null)
        {
            object? value = root;
            foreach (string key in section.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                Match indexed = Indexed().Match(key);
                value = value is PickleDictionary dictionary && dictionary.TryGet(key, out object? inner) ? inner
                    : indexed.Success && value is PickleDictionary outer && outer.TryGet(indexed.Groups[1].Value, out inner)
                        && OnlyDictionary(inner) is { } only ? only
                    : throw Unreadable.Because(path, $"it has no section '{section}'; {Describe(root)}");
            }

            return Take(path, section, value)
                ?? throw Unreadable.Because(path, $"its section '{section}' holds no named tensors; {Describe(value)}");
        }

        StateDictionary found = Search(path, "", root, 0, new HashSet<object>(ReferenceEqualityComparer.Instance))
            ?? throw Unreadable.Because(path, $"it holds no state dict; {Describe(root)}");
        string[] others =
        [
            .. Wrappers.Where(key => found.Section.Split('/', '[')[0] != key && root is PickleDictionary file
                && file.TryGet(key, out object? other) && other is PickleDictionary { Count: > 0 } or PickleObject),
        ];
        return found with
        {
            Others = others,
            Raw = AveragedWeights.IsName(found.Section)
                ? others.FirstOrDefault(key => !AveragedWeights.IsName(key) && HoldsTensors(((PickleDictionary)root!).Get<object>(key)))
                : null,
        };
    }

    private static StateDictionary? Search(string path, string section, object? value, int depth, HashSet<object> seen)
    {
        // A dictionary that holds itself is looked through once.
        if (value is null || !seen.Add(value))
        {
            return null;
        }

        if (value is PickleDictionary dictionary && depth < MaxDepth)
        {
            foreach (string wrapper in Wrappers)
            {
                if (!dictionary.TryGet(wrapper, out object? inner))
                {
                    continue;
                }

                object? only = OnlyDictionary(inner);
                inner = only ?? inner;
                if (inner is PickleDictionary or PickleObject)
                {
                    string key = only is null ? wrapper : $"{wrapper}[0]";
                    string within = section.Length == 0 ? key : $"{section}/{key}";
                    if (Search(path, within, inner, depth + 1, seen) is { } found)
                    {
                        return found;
                    }
                }
            }
        }

        return Take(path, section, value);
    }

    private static StateDictionary? Take(string path, string section, object? value)
    {
        KeyValuePair<string, TorchTensor>[] tensors = value switch
        {
            PickleDictionary dictionary =>
            [
                .. dictionary.Named.Where(entry => entry.Value is TorchTensor)
                    .Select(entry => new KeyValuePair<string, TorchTensor>(entry.Key, (TorchTensor)entry.Value!)),
            ],
            not null when PickledModule.Is(value) => [.. PickledModule.Tensors(path, value)],
            _ => [],
        };
        return tensors.Length == 0 ? null : new StateDictionary(section, value is PickleDictionary ? null : value, tensors);
    }

    private static bool HoldsTensors(object? value) => value is PickleDictionary dictionary
        ? dictionary.Named.Any(entry => entry.Value is TorchTensor)
        : value is not null && PickledModule.Is(value);

    // A list that holds one state dict and nothing else.
    private static PickleDictionary? OnlyDictionary(object? value) => value switch
    {
        PickleList { Items: [PickleDictionary only] } => only,
        PickleTuple { Items: [PickleDictionary only] } => only,
        _ => null,
    };

    private static string Describe(object? value) => value is PickleDictionary dictionary
        ? $"it has the keys {string.Join(", ", dictionary.Named.Take(10).Select(entry => $"'{entry.Key}'"))}"
        : "save a state dict, that is, torch.save(model.state_dict(), file)";

    [GeneratedRegex(@"^(.+)\[0\]$")]
    private static partial Regex Indexed();
}
