using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>
/// A classifier written down once: its files with their hashes, what happens to images before its network, and its classes' names. A JSON
/// file beside the model, which is given wherever a classifier is.
/// </summary>
public sealed record ClassifierDescription
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The version of this format: 1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>SHA-256 of each file, by its name beside the description: the model first.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>The architecture of weights that do not record it, <c>NAME</c> or <c>NAME:JSON</c>; null for others.</summary>
    public string? Architecture { get; init; }

    /// <summary>The output that gives the scores; null where only one can.</summary>
    public string? Output { get; init; }

    /// <summary>What happens to images before the network.</summary>
    public ClassifierPreprocessing Preprocessing { get; init; } = ClassifierPreprocessing.None;

    /// <summary>The classes' names in the order of the scores; empty where they are unknown.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Whether a path is that of a description.</summary>
    public static bool IsDescription(string path) =>
        string.Equals(Path.GetExtension(path), ".json", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    /// <summary>Reads a description and checks the files that it names.</summary>
    /// <param name="path">The JSON file.</param>
    /// <exception cref="CertiPureException">It is not one, or a file beside it is missing or another one.</exception>
    public static ClassifierDescription Read(string path)
    {
        ClassifierDescription description;
        try
        {
            description = JsonSerializer.Deserialize<ClassifierDescription>(File.ReadAllText(path), Format)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new CertiPureException($"{path} is not a description of a classifier: {error.Message.TrimEnd('.')}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }

        if (description.FormatVersion != 1 || description.Files.Count == 0
            || description.Files.Keys.Any(name => name.Length == 0 || Path.GetFileName(name) != name || name == ".."))
        {
            throw new CertiPureException(
                $"{path} is not a description of a classifier that this version reads: format version 1, with files beside it, is needed.");
        }

        foreach ((string name, string expected) in description.Files)
        {
            string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
            if (FileHash.Of(file) is var found && found != expected)
            {
                throw new CertiPureException(
                    $"{file} has SHA-256 {found}, and {path} describes a file of {expected}; describe it again if it is meant to be another.",
                    ErrorReason.Refused);
            }
        }

        return description;
    }

    /// <summary>The model's path.</summary>
    /// <param name="path">The description's path.</param>
    public string ModelPath(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Files.Keys.First());

    /// <summary>Describes a classifier that works: it is loaded and asked about one image first.</summary>
    /// <param name="request">The classifier, with its preprocessing, output and class names; its purifier is not looked at.</param>
    /// <exception cref="CertiPureException">It cannot be loaded, or there are not as many names as classes.</exception>
    public static ClassifierDescription Of(ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        IClassifier classifier = ModelCatalog.LoadClassifier(request);
        using var owner = classifier as IDisposable;
        Logits.Require(classifier.Logits(new ImageBatch(classifier.Shape, 1)), 1, classifier.ClassCount);
        IReadOnlyList<string> names = request.ClassNames.Count > 0 ? request.ClassNames : NetworkFiles.ClassNamesOf(classifier);
        return names.Count == 0 || names.Count == classifier.ClassCount
            ? new ClassifierDescription
            {
                FormatVersion = 1,
                Files = NetworkFiles.FilesOf(classifier, request.Classifier),
                Architecture = request.Architecture,
                Output = request.Output,
                Preprocessing = request.Preprocessing,
                ClassNames = names,
            }
            : throw new CertiPureException(
                $"There are {names.Count} names, and the classifier knows {classifier.ClassCount} classes.", ErrorReason.InvalidArgument);
    }

    /// <summary>Writes the description.</summary>
    /// <param name="path">The JSON file, in the model's folder.</param>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
}
