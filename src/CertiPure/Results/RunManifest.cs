using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>A run's <c>manifest.json</c>: what was certified and how, beside where and when.</summary>
/// <param name="FormatVersion">The version of the run folder's format.</param>
/// <param name="Experiment">Everything that determines the result.</param>
/// <param name="Shard">Which part of the images this folder holds.</param>
/// <param name="Environment">Each process that worked on the run, in order of start.</param>
public sealed record RunManifest(
    int FormatVersion,
    Experiment Experiment,
    Shard Shard,
    IReadOnlyList<RunEnvironment> Environment)
{
    /// <summary>The format that this version writes. It reads this one and version 1.</summary>
    public const int CurrentFormatVersion = 2;

    private const int MaximumBytes = 64 << 20;

    /// <summary>Who chose the seed; null in format version 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeedChoice? SeedChosenBy { get; init; }

    /// <summary>The classes' names in label order; null where they are unknown and in format version 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The classifier's answers to images without noise; null where no labels allow it and in format version 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CleanImages? CleanImages { get; init; }

    /// <summary>Whether the base classifier gave other scores at the end of the work than at its beginning: what the votes are votes of
    /// is then unknown, and the certificates mean nothing.</summary>
    public bool HasChangedClassifier() => Environment.Any(environment => environment.Probe?.SameAfterRun == false);

    /// <summary>The ids of this folder's images, ascending.</summary>
    internal IReadOnlyList<int> OwnImages => Shard.Select(Experiment.Images);

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The path of <c>manifest.json</c>.</param>
    /// <exception cref="CertiPureException">The file is missing, unreadable or not a manifest of this format.</exception>
    public static RunManifest Read(string path)
    {
        byte[] json = ReadBytes(path);
        try
        {
            // The version first: a later format may differ in every other field, and then the version is the news.
            int version = JsonSerializer.Deserialize(json, ResultsJson.Lenient.FormatVersionOnly)?.FormatVersion ?? 0;
            if (version is < 1 or > CurrentFormatVersion)
            {
                throw new CertiPureException(
                    $"{path} has format version {version}, but this CertiPure reads versions 1 to {CurrentFormatVersion}; use the "
                    + "CertiPure that wrote it.");
            }

            RunManifest? manifest = JsonSerializer.Deserialize(json, ResultsJson.Indented.RunManifest);
            // The serializer checks the members' nullability but not that of a list's elements.
            if (manifest is null
                || manifest.Environment.Contains(null!)
                || manifest.ClassNames?.Contains(null!) == true
                || manifest.Experiment.Plan.Looks.Contains(null!)
                || manifest.Experiment.Weights.Values.Contains(null!))
            {
                throw new JsonException("an element of a list is null");
            }

            manifest.Experiment.Validate();
            return manifest;
        }
        catch (JsonException e)
        {
            throw new CertiPureException(
                $"{path} is not a run's manifest: {JsonErrors.Describe(e)}; restore it or start the run in a new folder.", e);
        }
    }

    /// <summary>Writes the manifest so that a reader sees either the old file or the new one, never half of it.</summary>
    /// <param name="path">The path of <c>manifest.json</c>.</param>
    public void Write(string path) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToJson())));

    /// <summary>The manifest as its file has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultsJson.Indented.RunManifest) + "\n";

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaximumBytes)
            {
                throw new CertiPureException(
                    $"{path} is {stream.Length >> 20} MB long, too long for a run's manifest; check that the path is right.");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertiPureException(
                $"There is no run in {Path.GetDirectoryName(Path.GetFullPath(path))}: it has no manifest.json; name a folder that "
                + "certify or merge wrote.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>What is read of a manifest before anything else is trusted.</summary>
internal sealed record FormatVersionOnly(int FormatVersion);

/// <summary>How the classifier answered images without noise before a run began.</summary>
/// <param name="Right">The images that it got right.</param>
/// <param name="Labeled">The labelled images that it was asked.</param>
public sealed record CleanImages(int Right, int Labeled)
{
    /// <summary>The same in a sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"Without noise the classifier is right on {Right} of {Labeled} images.");
}

/// <summary>What the probe of the base classifier's contract saw before the first vote.</summary>
/// <param name="Batches">The batches that were classified.</param>
/// <param name="LargestDifference">The largest difference of an image's scores between two places in a batch, as a share of the
/// largest score; at the same place with other neighbours there is none.</param>
/// <param name="Tolerance">The difference above which the base classifier would have been refused.</param>
public sealed record ProbeOutcome(int Batches, double LargestDifference, double Tolerance)
{
    /// <summary>Whether the first batch had the same scores once more after the last vote; null while the run goes on, or where it was
    /// interrupted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? SameAfterRun { get; init; }
}
