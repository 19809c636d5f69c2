namespace CertiPure.Reports;

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
