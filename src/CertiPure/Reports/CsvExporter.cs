using System.Globalization;

namespace CertiPure.Reports;

/// <summary>CSV (RFC 4180) with a header of column keys and unrounded numbers; a column with intervals is followed by its
/// two ends.</summary>
public sealed class CsvExporter : ITableExporter
{
    /// <inheritdoc/>
    public string Format => "csv";

    /// <inheritdoc/>
    public string Extension => ".csv";

    /// <inheritdoc/>
    public void Write(ReportTable table, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(writer);
        WriteRow(table.Columns.SelectMany(column =>
            column.HasInterval ? new[] { column.Key, column.Key + "Lower", column.Key + "Upper" } : [column.Key]));
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            WriteRow(row.SelectMany((cell, i) => table.Columns[i].HasInterval
                ? new[] { Text(cell), Number(cell.Lower), Number(cell.Upper) }
                : [Text(cell)]));
        }

        void WriteRow(IEnumerable<string> fields) => writer.Write(string.Join(',', fields.Select(Quote)) + "\n");
    }

    private static string Text(ReportCell cell) => cell.Value is null ? cell.Text : Number(cell.Value);

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Quote(string field)
    {
        // A spreadsheet would run a text that starts like a formula; numbers keep their sign.
        bool isFormula = field.Length > 0
            && field[0] is '=' or '+' or '-' or '@' or '\t'
            && !double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        string text = isFormula ? "'" + field : field;
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
