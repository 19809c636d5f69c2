using System.Globalization;

namespace CertiPure.Reports;

/// <summary>How long the networks of a run had been trained, which no manifest can know: a table kept beside the runs.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Method">What was trained: the line of a plot that the run lies on.</param>
/// <param name="Hours">Hours of training that went into the run's networks, at least 0.</param>
public sealed record TrainingHours(string Run, string Method, double Hours)
{
    private const string Header = "run,method,hours";

    /// <summary>Reads a table: the line <c>run,method,hours</c>, then a line for each run.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CertiPureException">It cannot be read, is not such a table, or names a run twice.</exception>
    public static IReadOnlyList<TrainingHours> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The hours of training cannot be read: {error.Message}", error);
        }

        if (lines.Length == 0 || lines[0].Trim() != Header)
        {
            throw new CertiPureException($"{path} is not a table of training hours; its first line must be '{Header}'.");
        }

        TrainingHours[] rows =
        [
            .. lines.Index().Skip(1).Where(line => line.Item.Trim().Length > 0)
                .Select(line => Parse(line.Item) ?? throw new CertiPureException(
                    $"{path}, line {line.Index + 1}: expected a run's name, a method and a number of hours of at least 0, parted by commas.")),
        ];
        return rows.GroupBy(row => row.Run).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new CertiPureException($"{path} names the run {twice.Key} twice; leave one line of it.")
            : rows;
    }

    private static TrainingHours? Parse(string line) =>
        line.Split(',') is [var run, var method, var text]
        && run.Trim().Length > 0
        && method.Trim().Length > 0
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double hours)
        && hours >= 0
        && double.IsFinite(hours)
            ? new TrainingHours(run.Trim(), method.Trim(), hours)
            : null;
}
