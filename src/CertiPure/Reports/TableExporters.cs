using System.Globalization;

namespace CertiPure.Reports;

/// <summary>All table formats.</summary>
public static class TableExporters
{
    /// <summary>The exporters, one per format.</summary>
    public static IReadOnlyList<ITableExporter> All { get; } =
        [new MarkdownExporter(), new LatexExporter(), new CsvExporter(), new JsonExporter()];

    /// <summary>Finds the exporter of a format.</summary>
    /// <param name="format">The format's name.</param>
    /// <exception cref="CertiPureException">There is no such format.</exception>
    public static ITableExporter Named(string format) =>
        All.FirstOrDefault(exporter => exporter.Format == format)
        ?? throw new CertiPureException(
            $"There is no table format '{format}'; choose one of {string.Join(", ", All.Select(exporter => exporter.Format))}.",
            ErrorReason.InvalidArgument);
}

/// <summary>Writes a table in one format.</summary>
public interface ITableExporter
{
    /// <summary>The format's name on the command line: <c>markdown</c>, <c>latex</c>, <c>csv</c>, <c>json</c>.</summary>
    string Format { get; }

    /// <summary>The file extension with its dot: <c>.md</c>.</summary>
    string Extension { get; }

    /// <summary>Writes the table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="writer">Receives the text, with line feeds only.</param>
    void Write(ReportTable table, TextWriter writer);

    /// <summary>Writes several tables, one of them alone as <see cref="Write(ReportTable, TextWriter)"/> does.</summary>
    /// <param name="tables">The tables, one or more.</param>
    /// <param name="writer">Receives the text, with line feeds only.</param>
    void Write(IReadOnlyList<ReportTable> tables, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(writer);
        foreach ((int i, ReportTable table) in tables.Index())
        {
            if (i > 0)
            {
                writer.Write('\n');
            }

            Write(table, writer);
        }
    }
}

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

/// <summary>Markdown tables as GitHub renders them; the best of a column is bold.</summary>
public sealed class MarkdownExporter : ITableExporter
{
    /// <inheritdoc/>
    public string Format => "markdown";

    /// <inheritdoc/>
    public string Extension => ".md";

    /// <inheritdoc/>
    public void Write(ReportTable table, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(writer);
        string[] headers = [.. table.Columns.Select(column => Escape(column.Header))];
        string[][] rows = [.. table.Rows.Select(row => row.Select(Text).ToArray())];
        int[] widths = [.. headers.Select((header, i) => rows.Select(row => row[i].Length).Append(header.Length).Append(3).Max())];

        writer.Write($"### {Escape(table.Title)}\n\n");
        WriteRow(headers);
        WriteRow([.. table.Columns.Select((column, i) =>
            column.IsNumeric ? new string('-', widths[i] - 1) + ":" : new string('-', widths[i]))]);
        foreach (string[] row in rows)
        {
            WriteRow(row);
        }

        foreach (string note in table.Notes)
        {
            writer.Write($"\n{Escape(note)}\n");
        }

        void WriteRow(string[] cells) => writer.Write(
            "| " + string.Join(" | ", cells.Select((cell, i) =>
                table.Columns[i].IsNumeric ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))) + " |\n");
    }

    private static string Text(ReportCell cell)
    {
        string text = Escape(cell.Text);
        string number = cell.IsBest && text.Length > 0 ? $"**{text}**" : text;
        return cell.IntervalText.Length > 0 ? $"{number} ({cell.IntervalText})" : number;
    }

    // A pipe would end the cell, and the others would start markup or HTML in a name that a user chose.
    private static string Escape(string text) => string.Concat(text.Select(c => c switch
    {
        '|' or '*' or '_' or '`' or '<' or '[' or '\\' => $"\\{c}",
        '\n' or '\r' => " ",
        _ => c.ToString(),
    }));
}

/// <summary>A LaTeX table for the booktabs package; the best of a column is bold.</summary>
public sealed class LatexExporter : ITableExporter
{
    /// <inheritdoc/>
    public string Format => "latex";

    /// <inheritdoc/>
    public string Extension => ".tex";

    /// <inheritdoc/>
    public void Write(ReportTable table, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("% Needs \\usepackage{booktabs}.\n\\begin{table}\n  \\centering\n");
        writer.Write($"  \\caption{{{Escape(table.Title)}}}\n  \\label{{tab:{table.Key}}}\n");
        writer.Write($"  \\begin{{tabular}}{{{string.Concat(table.Columns.Select(column => column.IsNumeric ? 'r' : 'l'))}}}\n");
        writer.Write("    \\toprule\n");
        WriteRow(table.Columns.Select(column => Escape(column.Header)));
        writer.Write("    \\midrule\n");
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            WriteRow(row.Select(Text));
        }

        writer.Write("    \\bottomrule\n  \\end{tabular}\n");
        foreach (string note in table.Notes)
        {
            writer.Write($"  \\par\\smallskip {{\\footnotesize {Escape(note)}}}\n");
        }

        writer.Write("\\end{table}\n");

        void WriteRow(IEnumerable<string> cells) => writer.Write($"    {string.Join(" & ", cells)} \\\\\n");
    }

    private static string Text(ReportCell cell)
    {
        string text = Escape(cell.Text);
        string number = cell.IsBest && text.Length > 0 ? $"\\textbf{{{text}}}" : text;
        return cell.IntervalText.Length > 0 ? $"{number} {{\\scriptsize ({Escape(cell.IntervalText)})}}" : number;
    }

    private static string Escape(string text) => string.Concat(text.Select(c => c switch
    {
        '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
        '\\' => "\\textbackslash{}",
        '~' => "\\textasciitilde{}",
        '^' => "\\textasciicircum{}",
        '\u2013' => "--",
        '\u2212' => "$-$",
        '<' or '>' => $"${c}$",
        '\u2265' => "$\\geq$",
        '\u03c3' => "$\\sigma$",
        '\n' or '\r' => " ",
        _ => c.ToString(),
    }));
}
