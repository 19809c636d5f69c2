namespace CertiPure.Reports;

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
