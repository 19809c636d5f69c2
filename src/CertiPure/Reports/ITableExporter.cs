namespace CertiPure.Reports;

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
