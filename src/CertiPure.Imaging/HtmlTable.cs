using System.Text;
using CertiPure.Reports;

namespace CertiPure.Imaging;

/// <summary>Tables of the HTML report.</summary>
internal static class HtmlTable
{
    public static void Append(StringBuilder html, ReportTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        // The wrapper scrolls on a narrow screen and must be reachable by keyboard to do so.
        html.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{HtmlReport.Encode(table.Title)}\">\n<table>\n");
        html.Append($"<caption>{HtmlReport.Encode(table.Title)}</caption>\n<thead><tr>");
        foreach (ReportColumn column in table.Columns)
        {
            html.Append($"<th scope=\"col\"{Class(column)}>{HtmlReport.Encode(column.Header)}</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            html.Append("<tr>");
            AppendCell(html, table.Columns[0], row[0], isHeader: true, span: 1);
            // What is said instead of numbers takes their place, where it is read without scrolling.
            int empty = row.Skip(1).TakeWhile(cell => cell == ReportCell.Empty).Count();
            bool isRemark = empty > 0 && empty + 1 < row.Count && !table.Columns[empty + 1].IsNumeric;
            for (int i = isRemark ? empty + 1 : 1; i < row.Count; i++)
            {
                AppendCell(html, table.Columns[i], row[i], isHeader: false, span: isRemark && i == empty + 1 ? i : 1);
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
        foreach (string note in table.Notes)
        {
            html.Append($"<p class=\"note\">{HtmlReport.Encode(note)}</p>\n");
        }
    }

    private static void AppendCell(StringBuilder html, ReportColumn column, ReportCell cell, bool isHeader, int span)
    {
        string text = HtmlReport.Encode(cell.Text);
        string number = cell.IsBest ? $"<strong>{text}</strong>" : text;
        string interval = cell.IntervalText.Length > 0 ? $"<span class=\"interval\">{cell.IntervalText}</span>" : "";
        string columns = span > 1 ? $" colspan=\"{span}\"" : "";
        html.Append(isHeader
            ? $"<th scope=\"row\"{Class(column)}>{number}{interval}</th>"
            : column.IsNumeric ? $"<td{Class(column)}>{number}{interval}</td>"
            : $"<td{columns}><div class=\"text\">{number}{interval}</div></td>");
    }

    private static string Class(ReportColumn column) => column.IsNumeric ? " class=\"number\"" : "";
}
