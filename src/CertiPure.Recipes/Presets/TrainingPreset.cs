using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CertiPure.Recipes.Presets;

/// <summary>
/// A preset: one small JSON file with a section per training (<c>classifier</c>, <c>edm</c>, <c>consistency</c>, ...), each
/// holding everything that determines the result but the data and the starting weights. Bundled ones go by name, others by
/// path.
/// </summary>
public sealed class TrainingPreset
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
        NewLine = "\n",
    };

    private readonly JsonObject _sections;

    private TrainingPreset(string name, JsonObject sections)
    {
        Name = name;
        _sections = sections;
    }

    /// <summary>The name or path that it was found by.</summary>
    public string Name { get; }

    /// <summary>The trainings that it has, in the file's order.</summary>
    public IReadOnlyList<string> Sections => [.. _sections.Select(section => section.Key)];

    /// <summary>The names of the bundled presets.</summary>
    public static IReadOnlyList<string> Bundled { get; } =
    [
        .. typeof(TrainingPreset).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name => name[ResourcePrefix.Length..^".json".Length])
            .Order(StringComparer.Ordinal),
    ];

    private const string ResourcePrefix = "presets/";

    /// <summary>Reads a preset.</summary>
    /// <param name="nameOrPath">A bundled name, or the path of a JSON file.</param>
    /// <exception cref="CertiPureException">There is none, or it is not JSON.</exception>
    public static TrainingPreset Load(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        try
        {
            using Stream stream = Open(nameOrPath);
            return JsonNode.Parse(stream, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip }) is JsonObject sections
                ? new TrainingPreset(nameOrPath, sections)
                : throw new JsonException("it is not a JSON object");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException(
                $"The preset '{nameOrPath}' cannot be read ({error.Message.TrimEnd('.')}): correct the file.", error, ErrorReason.InvalidArgument);
        }
    }

    /// <summary>Reads one training's recipe, with changes.</summary>
    /// <typeparam name="TRecipe">The recipe's type.</typeparam>
    /// <param name="section">The training's name.</param>
    /// <param name="changes">Changes <c>key=value</c>, with dotted keys as in the file: <c>trainer.steps=1000</c>.</param>
    /// <exception cref="CertiPureException">The preset has no such training, or a key is unknown, missing or has a value of
    /// another type.</exception>
    public TRecipe Recipe<TRecipe>(string section, IEnumerable<string> changes)
        where TRecipe : TrainingRecipe
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (_sections[section] is not JsonObject found)
        {
            throw new CertiPureException(
                $"The preset '{Name}' has no training '{section}': choose one of {string.Join(", ", Sections)}.", ErrorReason.InvalidArgument);
        }

        var values = (JsonObject)found.DeepClone();
        foreach (string change in changes)
        {
            Apply(values, change);
        }

        try
        {
            return values.Deserialize<TRecipe>(Format)!;
        }
        catch (JsonException error)
        {
            throw new CertiPureException(
                $"The training '{section}' of preset '{Name}' is not right at {error.Path ?? "its beginning"} "
                + $"({error.Message.Split(". Path:")[0].TrimEnd('.')}): correct that key.",
                error,
                ErrorReason.InvalidArgument);
        }
    }

    /// <summary>Whether a training's network takes the shape of the data.</summary>
    /// <param name="section">The training's name.</param>
    internal bool FitsAnyShape(string section) =>
        _sections[section]?["network"]?["arguments"]?["img_resolution"] is JsonValue value && value.TryGetValue(out int side) && side == 0;

    /// <summary>A recipe as indented JSON, every option resolved.</summary>
    public static string Write(TrainingRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return JsonSerializer.Serialize(recipe, recipe.GetType(), Format);
    }

    private static Stream Open(string nameOrPath)
    {
        Stream? bundled = typeof(TrainingPreset).Assembly.GetManifestResourceStream($"{ResourcePrefix}{nameOrPath}.json");
        if (bundled is not null)
        {
            return bundled;
        }

        return File.Exists(nameOrPath)
            ? File.OpenRead(nameOrPath)
            : throw new CertiPureException(
                $"There is no preset '{nameOrPath}': choose one of {string.Join(", ", Bundled)}, or give the path of a JSON file.",
                ErrorReason.InvalidArgument);
    }

    private static void Apply(JsonObject values, string change)
    {
        int equals = change.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new CertiPureException(
                $"The change '{change}' is not of the form key=value: write for example trainer.steps=1000.", ErrorReason.InvalidArgument);
        }

        string[] keys = change[..equals].Split('.');
        JsonObject parent = values;
        foreach (string key in keys[..^1])
        {
            parent = parent[key] as JsonObject
                ?? throw new CertiPureException(
                    $"The change '{change}' names no group of the preset: '{key}' is none of {string.Join(", ", parent.Select(known => known.Key))}.",
                    ErrorReason.InvalidArgument);
        }

        parent[keys[^1]] = Value(change[(equals + 1)..]);
    }

    /// <summary>JSON where it is JSON (numbers, true, lists), else the words themselves.</summary>
    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
