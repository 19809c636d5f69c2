using System.Globalization;
using Microsoft.VisualBasic.FileIO;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// A table of files and labels, separated by commas, semicolons or tabs. Its columns are named in the first line (<c>file</c>,
/// <c>filename</c>, <c>image</c>, <c>path</c> or <c>id</c>, and <c>label</c>, <c>class</c>, <c>target</c> or <c>category</c>), or are the first
/// two. Labels are numbers from 0, or class names, which are put in ordinal order.
/// </summary>
/// <param name="Labels">The label of each file that exists.</param>
/// <param name="ClassNames">The classes' names in label order.</param>
/// <param name="Missing">The files of the table that do not exist.</param>
internal sealed record LabelTable(
    IReadOnlyDictionary<string, int> Labels, IReadOnlyList<string> ClassNames, IReadOnlyList<string> Missing)
{
    private const int MostClasses = 1_000_000;
    private static readonly string[] FileColumns = ["file", "filename", "file_name", "image", "image_id", "path", "id", "name"];
    private static readonly string[] LabelColumns = ["label", "class", "target", "category", "class_name"];

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="files">The pictures' paths within the set, with forward slashes.</param>
    /// <exception cref="CertiPureException">It cannot be read, or has a line that is not a pair of file and label.</exception>
    public static LabelTable Read(string path, IReadOnlyList<string> files)
    {
        List<string[]> rows = ReadRows(path);
        Dictionary<string, string> byName = [];
        foreach (string file in files)
        {
            // As it is written, then without its folder, then without its extension (competitions list bare ids).
            byName.TryAdd(file, file);
            byName.TryAdd(Path.GetFileName(file), file);
            byName.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        (int fileColumn, int labelColumn, bool hasHeader) = FindColumns(rows[0], byName);
        var labels = new Dictionary<string, string>();
        var missing = new List<string>();
        for (int line = hasHeader ? 1 : 0; line < rows.Count; line++)
        {
            string[] cells = rows[line];
            if (cells.Length <= Math.Max(fileColumn, labelColumn) || cells[labelColumn].Length == 0)
            {
                throw new CertiPureException($"Line {line + 1} of {path} is not a file and its label: '{string.Join(",", cells)}'.");
            }

            string name = cells[fileColumn].Replace('\\', '/');
            if (!byName.TryGetValue(name, out string? file))
            {
                missing.Add(name);
            }
            else if (!labels.TryAdd(file, cells[labelColumn]) && labels[file] != cells[labelColumn])
            {
                throw new CertiPureException(
                    $"Line {line + 1} of {path} gives {name} the label '{cells[labelColumn]}', and an earlier one gave it '{labels[file]}'.");
            }
        }

        return Number(path, labels, missing);
    }

    private static LabelTable Number(string path, Dictionary<string, string> labels, List<string> missing)
    {
        if (labels.Count == 0)
        {
            throw new CertiPureException($"{path} names none of the pictures beside it; its first column must be their file names.");
        }

        if (labels.Values.All(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var numbers = labels.ToDictionary(pair => pair.Key, pair => int.Parse(pair.Value, CultureInfo.InvariantCulture));
            int count = numbers.Values.Max() is < MostClasses and var last
                ? last + 1
                : throw new CertiPureException($"{path} has labels up to {numbers.Values.Max()}; number the classes from 0.");
            return new LabelTable(
                numbers, [.. Enumerable.Range(0, count).Select(label => label.ToString(CultureInfo.InvariantCulture))], missing);
        }

        string[] names = [.. labels.Values.Distinct().Order(StringComparer.Ordinal)];
        return new LabelTable(
            labels.ToDictionary(pair => pair.Key, pair => Array.BinarySearch(names, pair.Value, StringComparer.Ordinal)), names, missing);
    }

    private static (int File, int Label, bool HasHeader) FindColumns(string[] first, Dictionary<string, string> byName)
    {
        int file = Array.FindIndex(first, cell => FileColumns.Contains(cell.ToLowerInvariant()));
        int label = Array.FindIndex(first, cell => LabelColumns.Contains(cell.ToLowerInvariant()));
        return file >= 0 && label >= 0 ? (file, label, true) : (0, 1, !byName.ContainsKey(first[0].Replace('\\', '/')));
    }

    private static List<string[]> ReadRows(string path)
    {
        try
        {
            string first = File.ReadLines(path).FirstOrDefault() ?? "";
            string delimiter = ((string[])[",", "\t", ";"]).MaxBy(one => first.Split(one).Length)!;
            using var parser = new TextFieldParser(path) { Delimiters = [delimiter], HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = true };
            var rows = new List<string[]>();
            while (parser.ReadFields() is { } cells)
            {
                rows.Add(cells);
            }

            return rows.Count > 0 ? rows : throw new CertiPureException($"{path} is empty; it must hold a file and its label per line.");
        }
        catch (Exception error) when (error is MalformedLineException or IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read as a table: {error.Message}", error);
        }
    }
}
