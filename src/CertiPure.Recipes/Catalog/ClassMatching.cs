using System.Globalization;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>Images whose labels are the classifier's: a set of fewer classes, or of classes in another order, matched by their names.</summary>
public static class ClassMatching
{
    /// <summary>Reads names of classes: one per line, or a JSON list.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CertiPureException">It cannot be read, or two classes share a name.</exception>
    public static IReadOnlyList<string> ReadNames(string path)
    {
        string[] names;
        try
        {
            string text = File.ReadAllText(path);
            names = text.TrimStart().StartsWith('[')
                ? System.Text.Json.JsonSerializer.Deserialize<string[]>(text) ?? []
                : text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            throw new CertiPureException($"{path} cannot be read as names of classes, one per line: {error.Message}", error, ErrorReason.InvalidArgument);
        }

        return names.GroupBy(Plain).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new CertiPureException($"{path} names two classes '{twice.First()}'; their names must differ.", ErrorReason.InvalidArgument)
            : names.Length >= 2 ? names
            : throw new CertiPureException($"{path} names {names.Length} classes; a classifier knows two or more.", ErrorReason.InvalidArgument);
    }

    /// <summary>Gives images the classifier's labels.</summary>
    /// <param name="images">The images.</param>
    /// <param name="classCount">The number of classes that the classifier knows.</param>
    /// <param name="names">Their names; empty where they are unknown.</param>
    /// <returns>The images themselves where nothing has to change.</returns>
    /// <exception cref="CertiPureException">The set's classes cannot be found among the classifier's.</exception>
    public static IImageSource Match(IImageSource images, int classCount, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count > 0 && names.Count != classCount)
        {
            throw new CertiPureException(
                $"There are {names.Count} names of classes, and the classifier knows {classCount}.", ErrorReason.InvalidArgument);
        }

        IReadOnlyList<string> own = images.ClassNames;
        if (own.Count == 0)
        {
            return names.Count == 0 ? images : new Relabelled(images, names, null);
        }

        bool isNumbered = own.Select((name, label) => name == label.ToString(CultureInfo.InvariantCulture)).All(isNumber => isNumber);
        if (isNumbered && own.Count <= classCount)
        {
            return names.Count > 0 ? new Relabelled(images, names, null)
                : own.Count == classCount ? images
                : new Relabelled(images, [.. Enumerable.Range(0, classCount).Select(label => label.ToString(CultureInfo.InvariantCulture))], null);
        }

        if (names.Count == 0)
        {
            // More classes than the classifier knows cannot be matched by any names; the check of the run says so.
            return own.Count >= classCount
                ? images
                : throw new CertiPureException(
                    $"{images.Name} has {own.Count} classes and the classifier knows {classCount}, and without the names of its classes it is not "
                    + "clear which are which.",
                    ErrorReason.ClassNamesMissing);
        }

        var places = names.Select((name, label) => (Plain(name), label)).ToDictionary(pair => pair.Item1, pair => pair.label);
        string[] missing = [.. own.Where(name => !places.ContainsKey(Plain(name)))];
        return missing.Length == 0
            ? new Relabelled(images, names, [.. own.Select(name => places[Plain(name)])])
            : throw new CertiPureException(
                $"{images.Name} has the class{(missing.Length == 1 ? "" : "es")} {string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", ..." : "")}, "
                + $"which the classifier does not know; it knows {string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", ..." : "")}.",
                ErrorReason.Refused);
    }

    /// <summary>Names are the same whatever their case, and with spaces, hyphens or underscores.</summary>
    private static string Plain(string name) => name.Trim().Replace('_', ' ').Replace('-', ' ').ToUpperInvariant();

    private sealed class Relabelled(IImageSource images, IReadOnlyList<string> names, int[]? labels) : IImageSource
    {
        public string Name => images.Name;

        public string? Split => images.Split;

        public ImageShape Shape => images.Shape;

        public int Count => images.Count;

        public IReadOnlyList<string> ClassNames => names;

        public string PixelSha256 => images.PixelSha256;

        public PicturePreparation? Preparation => images.Preparation;

        public string? Summary => images.Summary;

        public LabeledImage Read(int id)
        {
            LabeledImage image = images.Read(id);
            return labels is null || image.Label is not { } label ? image : image with { Label = labels[label] };
        }
    }
}
