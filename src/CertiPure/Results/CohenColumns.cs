using System.Globalization;
using System.Text.RegularExpressions;

namespace CertiPure.Results;

/// <summary>The columns of one certification log, by the names in its first line, and the reading of its other lines.</summary>
internal sealed partial class CohenColumns
{
    private static readonly string[] Names = ["idx", "label", "predict", "radius", "correct", "time"];

    private readonly string _path;
    private readonly int _count;
    private readonly Dictionary<string, int> _positions;

    private CohenColumns(string path, int count, Dictionary<string, int> positions)
    {
        _path = path;
        _count = count;
        _positions = positions;
    }

    /// <summary>Reads the first line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="path">The log, for messages.</param>
    /// <exception cref="CertiPureException">A column is missing or there twice.</exception>
    public static CohenColumns Of(string line, string path)
    {
        string[] cells = Cells(line);
        var positions = new Dictionary<string, int>();
        foreach (string name in Names)
        {
            int position = Array.IndexOf(cells, name);
            if (position < 0 || Array.LastIndexOf(cells, name) != position)
            {
                throw new CertiPureException(
                    $"{path} is not a certification log: its first line must be tab-separated names of columns, among them "
                    + $"{string.Join(", ", Names)}, and '{name}' is {(position < 0 ? "missing" : "there twice")}.");
            }

            positions[name] = position;
        }

        return new CohenColumns(path, cells.Length, positions);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number, from 1.</param>
    /// <exception cref="CertiPureException">A column is missing or holds something else.</exception>
    public CohenRow Parse(string line, int number)
    {
        string[] cells = Cells(line);
        if (cells.Length > _count)
        {
            throw new CertiPureException($"Line {number} of {_path} has {cells.Length} columns, and the first line names {_count}.");
        }

        int id = Whole("idx", 0), label = Whole("label", 0), predicted = Whole("predict", -1);
        string? complaint = NumberText.ReadReal(Cell("radius"), out double radius);
        complaint ??= radius < 0 ? "is below 0" : null;
        if (complaint is not null)
        {
            throw Unfit("radius", complaint);
        }

        bool isCorrect = Cell("correct").ToUpperInvariant() switch
        {
            "1" or "TRUE" => true,
            "0" or "FALSE" => false,
            _ => throw Unfit("correct", "is neither 1 nor 0, True nor False"),
        };
        if (isCorrect != (predicted == label))
        {
            throw Unfit("correct", $"contradicts the label {label} and the prediction {predicted}");
        }

        double seconds = ReadTime(Cell("time")) ?? throw Unfit("time", "is not a time, such as 0:02:14.5 or seconds");
        return new CohenRow(id, label, predicted < 0 ? null : predicted, radius, isCorrect, seconds);

        string Cell(string name) => _positions[name] < cells.Length
            ? cells[_positions[name]]
            : throw new CertiPureException($"Line {number} of {_path} has no column {name}.");

        int Whole(string name, int least) => NumberText.ReadWhole(Cell(name), least, int.MaxValue, out Int128 value) is { } why
            ? throw Unfit(name, why)
            : (int)value;

        CertiPureException Unfit(string name, string why) =>
            new($"Line {number} of {_path}, column {name}: '{Excerpt.Of(Cell(name))}' {why}.");
    }

    /// <summary>The cells without the spaces around them; empty ones at the end come from a trailing tab.</summary>
    private static string[] Cells(string line) => line.TrimEnd().Split('\t', StringSplitOptions.TrimEntries);

    // Published logs print seconds or what Python makes of a time: h:mm:ss.ffffff, from a day on "2 days, h:mm:ss.ffffff".
    private static double? ReadTime(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
        {
            return seconds;
        }

        Match match = PythonTime().Match(text);
        return match.Success
            ? (86_400 * Number("days")) + (3_600 * Number("hours")) + (60 * Number("minutes")) + Number("seconds")
            : null;

        double Number(string group) =>
            match.Groups[group] is { Success: true, Value: var digits } ? double.Parse(digits, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^((?<days>[0-9]{1,6}) days?, )?(?<hours>[0-9]{1,6}):(?<minutes>[0-5]?[0-9]):(?<seconds>[0-5]?[0-9](\.[0-9]{1,9})?)$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex PythonTime();
}
