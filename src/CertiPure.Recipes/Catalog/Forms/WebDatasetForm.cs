using System.Buffers;
using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// WebDataset: tar archives in which files that share a name up to their first dot are one sample, a picture beside <c>.cls</c> (a number) or
/// <c>.json</c> (its <c>label</c> or <c>cls</c>). A folder holds shards, whose splits are what their names begin with.
/// </summary>
internal sealed class WebDatasetForm : ImageForm
{
    private const int LargestLabel = 1 << 20;
    private static readonly SearchValues<char> SplitEnds = SearchValues.Create("-_.0123456789");
    private static readonly string[] LabelKeys = ["label", "cls", "class", "class_name", "target"];

    /// <inheritdoc/>
    public override string Description => "WebDataset .tar: .jpg or .png beside .cls or .json";

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path)
        ? Shards(path).Length > 0 && Shards(path).All(IsTar)
        : IsTar(path);

    /// <inheritdoc/>
    public override PictureList Read(string path, PictureOptions options)
    {
        string[] shards = [path];
        string? split = null;
        if (Directory.Exists(path))
        {
            shards = Shards(path);
            string[] splits = [.. shards.Select(SplitOf).Distinct()];
            split = splits.Length == 1 && options.Split is null ? null : options.ChooseSplit(path, splits);
            shards = [.. shards.Where(shard => split is null || SplitOf(shard) == split)];
        }
        else
        {
            options.ChooseSplit(path, []);
        }

        var samples = new List<Sample>();
        var leftOut = new List<LeftOut>();
        foreach (string shard in shards)
        {
            ReadShard(shard, samples, leftOut);
        }

        string[] labels = [.. samples.Select(sample => sample.Label).OfType<string>().Distinct()];
        bool areNumbers = labels.All(label => Number(label) is not null);
        string[] names = areNumbers
            ? [.. Numbered((labels.Max(Number) ?? -1) + 1)]
            : [.. labels.Order(StringComparer.Ordinal)];
        return new PictureList(
            NameOf(path),
            split,
            names,
            [
                .. samples.Select(sample => EncodedPicture.Within(
                    sample.Name,
                    sample.Label is not { } label ? null : areNumbers ? Number(label) : Array.BinarySearch(names, label, StringComparer.Ordinal),
                    () => sample.Read())),
            ],
            leftOut);
    }

    private static void ReadShard(string shard, List<Sample> samples, List<LeftOut> leftOut)
    {
        var pictures = new Dictionary<string, Sample>();
        // .cls goes before .json, and either may come before its picture.
        var numbers = new Dictionary<string, string?>();
        var descriptions = new Dictionary<string, string?>();
        try
        {
            using FileStream file = File.OpenRead(shard);
            using var archive = new TarReader(file);
            while (archive.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                {
                    continue;
                }

                (string key, string extension) = Divide(entry.Name);
                if (EncodedPicture.HasExtension("x." + extension))
                {
                    if (!pictures.TryAdd(key, new Sample(shard, entry.Name, entry.DataOffset, entry.Length)))
                    {
                        throw new CertiPureException($"{shard} holds two pictures of the sample '{key}'; keep one.");
                    }

                    samples.Add(pictures[key]);
                }
                else if (extension == "cls" && ReadSmall(entry) is { } number)
                {
                    numbers[key] = Encoding.UTF8.GetString(number).Trim();
                }
                else if (extension == "json" && ReadSmall(entry) is { } description)
                {
                    descriptions[key] = LabelOf(shard, entry.Name, description);
                }
                else
                {
                    leftOut.Add(new LeftOut(entry.Name, "." + extension));
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or IOException)
        {
            throw new CertiPureException($"{shard} is not an intact tar archive ({error.Message.TrimEnd('.')}); get it again.", error);
        }

        foreach ((string key, Sample sample) in pictures)
        {
            sample.Label = numbers.GetValueOrDefault(key) ?? descriptions.GetValueOrDefault(key);
        }
    }

    private static byte[]? ReadSmall(TarEntry entry)
    {
        if (entry.DataStream is not { } data || entry.Length > LargestLabel)
        {
            return null;
        }

        var bytes = new byte[entry.Length];
        data.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The sample's name and what follows the first dot of the file's name.</summary>
    private static (string Key, string Extension) Divide(string name)
    {
        int slash = name.LastIndexOf('/');
        int dot = name.IndexOf('.', slash + 1);
        return dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..].ToLowerInvariant());
    }

    private static string? LabelOf(string shard, string name, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind != JsonValueKind.Object ? null : LabelKeys
                .Select(key => document.RootElement.TryGetProperty(key, out JsonElement value) ? value.ToString() : null)
                .FirstOrDefault(label => label is not null);
        }
        catch (JsonException error)
        {
            throw new CertiPureException($"{name} in {shard} is not JSON: {error.Message}", error);
        }
    }

    private static int? Number(string label) =>
        int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 1_000_000 ? number : null;

    private static bool IsTar(string path)
    {
        byte[] start = Start(path);
        return start.Length == 512 && start.AsSpan(257, 5).SequenceEqual("ustar"u8);
    }

    private static string[] Shards(string folder) => [.. Directory.EnumerateFiles(folder, "*.tar").Order(StringComparer.Ordinal)];

    private static string SplitOf(string shard)
    {
        string name = Path.GetFileNameWithoutExtension(shard);
        int end = name.AsSpan().IndexOfAny(SplitEnds);
        return end > 0 ? name[..end] : name;
    }

    /// <summary>A picture within a shard, read when it is asked for.</summary>
    private sealed class Sample(string shard, string name, long offset, long length)
    {
        public string Name => name;

        public string? Label { get; set; }

        public byte[] Read()
        {
            if (length > 64 << 20)
            {
                throw new CertiPureException($"{name} in {shard} has {length} bytes, more than a picture may have.");
            }

            using FileStream file = File.OpenRead(shard);
            file.Position = offset;
            var bytes = new byte[length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }
}
