using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CertiPure.Reports;

/// <summary>JSON: an object with the table's key, title, notes and rows, each row an object of column keys; a number with an
/// interval is an object of value, lower and upper. Several tables are an array of such objects.</summary>
public sealed class JsonExporter : ITableExporter
{
    /// <inheritdoc/>
    public string Format => "json";

    /// <inheritdoc/>
    public string Extension => ".json";

    /// <inheritdoc/>
    public void Write(ReportTable table, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(writer);
        Write(writer, json => WriteTable(json, table));
    }

    /// <inheritdoc/>
    public void Write(IReadOnlyList<ReportTable> tables, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(tables);
        ArgumentNullException.ThrowIfNull(writer);
        if (tables.Count == 1)
        {
            Write(tables[0], writer);
            return;
        }

        Write(writer, json =>
        {
            json.WriteStartArray();
            foreach (ReportTable table in tables)
            {
                WriteTable(json, table);
            }

            json.WriteEndArray();
        });
    }

    private static void Write(TextWriter writer, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var json = new Utf8JsonWriter(bytes, options))
        {
            write(json);
        }

        writer.Write(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n");
    }

    private static void WriteTable(Utf8JsonWriter json, ReportTable table)
    {
        json.WriteStartObject();
        json.WriteString("key", table.Key);
        json.WriteString("title", table.Title);
        json.WriteStartArray("rows");
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            json.WriteStartObject();
            for (int i = 0; i < row.Count; i++)
            {
                json.WritePropertyName(table.Columns[i].Key);
                WriteCell(json, table.Columns[i], row[i]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (string note in table.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter json, ReportColumn column, ReportCell cell)
    {
        if (cell.Value is not double value)
        {
            if (cell.Text.Length == 0)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStringValue(cell.Text);
            }
        }
        else if (column.HasInterval)
        {
            json.WriteStartObject();
            json.WriteNumber("value", value);
            WriteEnd(json, "lower", cell.Lower);
            WriteEnd(json, "upper", cell.Upper);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNumberValue(value);
        }
    }

    private static void WriteEnd(Utf8JsonWriter json, string name, double? end)
    {
        if (end is double number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
