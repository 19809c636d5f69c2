using System.Text;

namespace CertiPure.Imaging;

/// <summary>Grids of the HTML report: real tables of small pictures, so that a screen reader can walk them.</summary>
internal static class HtmlGrid
{
    public static void Append(StringBuilder html, ImageGrid grid, string caption)
    {
        ArgumentNullException.ThrowIfNull(grid);
        html.Append($"<figure class=\"grid\">\n<figcaption>{HtmlReport.Encode(caption)}</figcaption>\n");
        html.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{HtmlReport.Encode(caption)}\">\n<table>\n");
        if (grid.ColumnLabels is not null)
        {
            html.Append("<thead><tr><td></td>");
            foreach (string label in grid.ColumnLabels)
            {
                html.Append($"<th scope=\"col\">{HtmlReport.Encode(label)}</th>");
            }

            html.Append("</tr></thead>\n");
        }

        html.Append("<tbody>\n");
        foreach (GridRow row in grid.Rows)
        {
            html.Append($"<tr><th scope=\"row\">{HtmlReport.Encode(row.Label)}</th>");
            for (int column = 0; column < row.Tiles.Count; column++)
            {
                AppendTile(html, row.Tiles[column], $"{row.Label}, {grid.ColumnLabels?[column] ?? $"column {column + 1}"}");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n</div>\n");
        if (grid.IsJudged)
        {
            html.Append(
                "<p class=\"key\"><span class=\"mark right\" aria-hidden=\"true\">\u2713</span> right"
                + "<span class=\"mark wrong\" aria-hidden=\"true\">\u00d7</span> wrong</p>\n");
        }

        html.Append("</figure>\n");
    }

    private static void AppendTile(StringBuilder html, GridTile tile, string name)
    {
        string judgement = tile.IsCorrect switch { true => "right", false => "wrong", null => "" };
        string[] said = [name, tile.Caption ?? "", judgement];
        string text = string.Join(", ", said.Where(part => part.Length > 0));
        string mark = tile.IsCorrect switch
        {
            true => "<span class=\"mark right\" aria-hidden=\"true\">\u2713</span>",
            false => "<span class=\"mark wrong\" aria-hidden=\"true\">\u00d7</span>",
            null => "",
        };
        string png = Convert.ToBase64String(PngImage.Encode(tile.Shape, tile.Pixels.Span));
        html.Append($"<td><div class=\"tile {judgement}\"><img alt=\"{HtmlReport.Encode(text)}\" "
            + $"width=\"{tile.Shape.Width}\" height=\"{tile.Shape.Height}\" src=\"data:image/png;base64,{png}\">{mark}</div>");
        if (tile.Caption is not null)
        {
            html.Append($"<span class=\"caption\" aria-hidden=\"true\">{HtmlReport.Encode(tile.Caption)}</span>");
        }

        html.Append("</td>");
    }
}
