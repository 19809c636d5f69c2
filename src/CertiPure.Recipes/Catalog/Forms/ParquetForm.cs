using System.Text.Json;
using CertiPure.Images;
using Parquet;
using Parquet.Schema;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// Parquet as the Hugging Face hub stores image sets: a column of pictures (<c>image.bytes</c>, <c>image.path</c>), one of labels, and the
/// classes' names in the metadata. A folder holds one file or more per split (<c>data/train-00000-of-00002.parquet</c>).
/// </summary>
internal sealed class ParquetForm : ImageForm
{
    /// <inheritdoc/>
    public override string Description => "Parquet as the Hugging Face hub stores image sets";

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path)
        ? Files(path).Length > 0
        : Start(path, 4).AsSpan().SequenceEqual("PAR1"u8);

    /// <inheritdoc/>
    public override PictureList Read(string path, PictureOptions options)
    {
        string[] files = [path];
        string? split = null;
        if (Directory.Exists(path))
        {
            files = Files(path);
            string[] splits = [.. files.Select(SplitOf).Distinct()];
            split = splits.Length == 1 && options.Split is null ? null : options.ChooseSplit(path, splits);
            files = [.. files.Where(file => split is null || SplitOf(file) == split)];
        }
        else
        {
            options.ChooseSplit(path, []);
        }

        // Parquet.Net reads asynchronously alone; readers of forms are called from no thread that it would need.
        (List<Picture> pictures, IReadOnlyList<string> names) = Task.Run(() => ReadAsync(path, files)).GetAwaiter().GetResult();
        return new PictureList(NameOf(path), split, names, pictures, []);
    }

    private static async Task<(List<Picture> Pictures, IReadOnlyList<string> Names)> ReadAsync(string path, string[] files)
    {
        var pictures = new List<Picture>();
        IReadOnlyList<string>? names = null;
        foreach (string file in files)
        {
            try
            {
                await using FileStream stream = File.OpenRead(file);
                ParquetFooter.Check(stream);
                await using ParquetReader reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true).ConfigureAwait(false);
                names ??= ReadNames(reader);
                foreach (ParquetRowGroupReader group in reader.RowGroups)
                {
                    await AddAsync(pictures, file, reader.Schema, group).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (error is not CertiPureException)
            {
                // Parquet.Net answers hostile files with whatever its arithmetic ends in.
                throw new CertiPureException($"{file} cannot be read as Parquet: {error.Message}", error);
            }
        }

        int classes = pictures.Max(picture => picture.Label) + 1 ?? 0;
        return names is null || names.Count >= classes
            ? (pictures, names is null || classes == 0 ? Numbered(classes) : names)
            : throw new CertiPureException($"{path} names {names.Count} classes and has labels up to {classes - 1}; get it again.");
    }

    private static async Task AddAsync(List<Picture> pictures, string file, ParquetSchema schema, ParquetRowGroupReader group)
    {
        DataField[] fields = schema.GetDataFields();
        DataField content = fields.FirstOrDefault(field => field.ClrType == typeof(ReadOnlyMemory<byte>) && field.Path.ToString().EndsWith("/bytes", StringComparison.Ordinal))
            ?? fields.FirstOrDefault(field => field.ClrType == typeof(ReadOnlyMemory<byte>))
            ?? throw new CertiPureException(
                $"{file} has the columns {string.Join(", ", fields.Select(field => field.Path.ToString().Replace('/', '.')))} and none of pictures.");
        DataField? name = fields.FirstOrDefault(field => field.Path.ToString() == content.Path.ToString().Replace("/bytes", "/path", StringComparison.Ordinal)
            && field.ClrType == typeof(ReadOnlyMemory<char>));
        DataField? label = ((string[])["label", "labels", "fine_label", "target", "class"])
            .Select(wanted => fields.FirstOrDefault(field => field.Path.ToString() == wanted)).FirstOrDefault(found => found is not null);
        if (group.RowCount < 0 || group.RowCount > new FileInfo(file).Length)
        {
            throw new CertiPureException($"{file} declares {group.RowCount} pictures, more than it has bytes; get it again.");
        }

        int count = (int)group.RowCount, first = pictures.Count;
        var bytes = new byte[count][];
        await group.ReadAsync(content, bytes).ConfigureAwait(false);
        var paths = new string?[count];
        if (name is not null)
        {
            await group.ReadAsync(name, paths!).ConfigureAwait(false);
        }

        int?[] labels = label is null ? new int?[count] : await ReadLabelsAsync(file, group, label, count).ConfigureAwait(false);
        for (int i = 0; i < count; i++)
        {
            byte[] picture = bytes[i] ?? throw new CertiPureException($"Row {first + i} of {file} has no picture in it (a path to another file); embed the pictures.");
            string called = string.IsNullOrEmpty(paths[i]) ? $"{Path.GetFileName(file)}[{first + i}]" : paths[i]!;
            pictures.Add(EncodedPicture.Within(called, labels[i], () => picture));
        }
    }

    private static async Task<int?[]> ReadLabelsAsync(string file, ParquetRowGroupReader group, DataField label, int count)
    {
        if (label.ClrType == typeof(long))
        {
            var values = new long?[count];
            await group.ReadAsync<long>(label, values).ConfigureAwait(false);
            return [.. values.Select(value => Checked(file, value))];
        }

        if (label.ClrType == typeof(int))
        {
            var values = new int?[count];
            await group.ReadAsync<int>(label, values).ConfigureAwait(false);
            return [.. values.Select(value => Checked(file, value))];
        }

        throw new CertiPureException($"The column '{label.Name}' of {file} holds {label.ClrType.Name}, and labels are whole numbers.");
    }

    /// <summary>The hub writes -1 where a label is unknown.</summary>
    private static int? Checked(string file, long? label) => label switch
    {
        null or -1 => null,
        >= 0 and < 1_000_000 => (int)label,
        _ => throw new CertiPureException($"{file} has the label {label}; number the classes from 0."),
    };

    /// <summary>The names of the first feature that is a class label: <c>info.features.label.names</c>.</summary>
    private static IReadOnlyList<string>? ReadNames(ParquetReader reader)
    {
        if (!reader.CustomMetadata.TryGetValue("huggingface", out string? text))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (JsonProperty feature in document.RootElement.GetProperty("info").GetProperty("features").EnumerateObject())
            {
                if (feature.Value.ValueKind == JsonValueKind.Object && feature.Value.TryGetProperty("names", out JsonElement names)
                    && names.ValueKind == JsonValueKind.Array && feature.Name != "coarse_label")
                {
                    return [.. names.EnumerateArray().Select(name => name.GetString() ?? "")];
                }
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }

    private static string SplitOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        int dash = name.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 ? name[..dash] : name;
    }

    private static string[] Files(string folder) =>
    [
        .. ((string[])[folder, Path.Combine(folder, "data")]).Where(Directory.Exists)
            .SelectMany(one => Directory.EnumerateFiles(one, "*.parquet")).Order(StringComparer.Ordinal),
    ];
}
