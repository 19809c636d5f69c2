using System.Globalization;
using System.Net;
using System.Text;
using CertiPure.Reports;
using CertiPure.Results;

namespace CertiPure.Imaging;

/// <summary>
/// One HTML file that needs nothing else: tables, plots, grids and manifests, readable in light and dark, on a phone, on
/// paper and to a screen reader. It refers to no other host.
/// </summary>
public sealed class HtmlReport
{
    private readonly StringBuilder _body = new();
    private readonly List<(string Id, string Text)> _sections = [];
    private readonly string _title;
    private readonly string _lead;

    /// <summary>Begins a report.</summary>
    /// <param name="title">The page's title.</param>
    /// <param name="lead">One or two sentences below it.</param>
    public HtmlReport(string title, string lead)
    {
        _title = title;
        _lead = lead;
    }

    /// <summary>Begins a section.</summary>
    /// <param name="heading">Its heading.</param>
    public HtmlReport AddSection(string heading)
    {
        string id = $"section-{_sections.Count + 1}";
        _sections.Add((id, heading));
        _body.Append($"<h2 id=\"{id}\">{Encode(heading)}</h2>\n");
        return this;
    }

    /// <summary>Adds a paragraph.</summary>
    /// <param name="text">Plain text.</param>
    public HtmlReport AddText(string text)
    {
        _body.Append($"<p>{Encode(text)}</p>\n");
        return this;
    }

    /// <summary>Adds the numbers that matter most, large.</summary>
    /// <param name="figures">Each a number as people read it, and what it is.</param>
    public HtmlReport AddKeyFigures(IReadOnlyList<(string Number, string Meaning)> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        _body.Append("<dl class=\"figures\">\n");
        foreach ((string number, string meaning) in figures)
        {
            // The term comes first for a screen reader; the style sheet shows the number above it.
            _body.Append($"<div><dt>{Encode(meaning)}</dt><dd>{Encode(number)}</dd></div>\n");
        }

        _body.Append("</dl>\n");
        return this;
    }

    /// <summary>Adds a table.</summary>
    /// <param name="table">The table.</param>
    public HtmlReport AddTable(ReportTable table)
    {
        HtmlTable.Append(_body, table);
        return this;
    }

    /// <summary>Adds a plot, with its numbers to be downloaded.</summary>
    /// <param name="plot">The plot.</param>
    public HtmlReport AddPlot(ReportPlot plot)
    {
        ArgumentNullException.ThrowIfNull(plot);
        using var csv = new StringWriter();
        new CsvExporter().Write(plot.ToTable(), csv);
        _body.Append("<figure class=\"plot\">\n");
        _body.Append($"<figcaption>{Encode(plot.Title)}</figcaption>\n");
        // A narrow drawing for phones: shrinking the wide one would shrink its text below legibility.
        _body.Append(Themed(plot.ToSvg(720, 420, isPage: true), "wide", plot.Key));
        _body.Append(Themed(plot.ToSvg(380, 360, isPage: true), "narrow", plot.Key));
        _body.Append($"<p class=\"numbers\"><a download=\"{Encode(plot.Key)}.csv\" href=\"data:text/csv;charset=utf-8,"
            + $"{Uri.EscapeDataString(csv.ToString())}\">Numbers of this plot (CSV)</a></p>\n");
        _body.Append("</figure>\n");
        return this;
    }

    /// <summary>Adds the picture of the whole method.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="caption">What it shows.</param>
    public HtmlReport AddFigure(PipelineFigure figure, string caption)
    {
        ArgumentNullException.ThrowIfNull(figure);
        // As a picture on white: its thumbnails and its ball are drawn for paper, in the dark, too.
        string png = Convert.ToBase64String(figure.ToPng());
        _body.Append($"<figure class=\"pipeline\">\n<figcaption>{Encode(caption)}</figcaption>\n");
        _body.Append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The method in one picture\">"
            + $"<img alt=\"{Encode(figure.Description)}\" src=\"data:image/png;base64,{png}\"></div>\n</figure>\n");
        return this;
    }

    /// <summary>Adds a grid of pictures.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="caption">What it shows.</param>
    public HtmlReport AddGrid(ImageGrid grid, string caption)
    {
        HtmlGrid.Append(_body, grid, caption);
        return this;
    }

    /// <summary>Adds what determines a run and where it ran, folded away.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="manifest">Its manifest.</param>
    public HtmlReport AddManifest(string name, RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        _body.Append($"<details><summary>Manifest of {Encode(name)}</summary><pre tabindex=\"0\">{Encode(manifest.ToJson())}</pre></details>\n");
        return this;
    }

    /// <summary>Writes the page.</summary>
    /// <param name="writer">Receives the page.</param>
    public void Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'">
            <title>{Encode(_title)}</title>
            <style>
            {ReportFont.FontFace(isSemiBold: false)}
            {ReportFont.FontFace(isSemiBold: true)}
            {HtmlStyle.Css}
            </style>
            </head>
            <body>
            <main>
            <header>
            <h1>{Encode(_title)}</h1>
            <p class="lead">{Encode(_lead)}</p>
            </header>

            """));
        if (_sections.Count > 3)
        {
            writer.Write("<nav aria-label=\"Contents\"><ol>\n");
            foreach ((string id, string text) in _sections)
            {
                writer.Write($"<li><a href=\"#{id}\">{Encode(text)}</a></li>\n");
            }

            writer.Write("</ol></nav>\n");
        }

        writer.Write(_body.ToString());
        writer.Write("</main>\n</body>\n</html>\n");
    }

    /// <summary>Writes the page as a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CertiPureException">It cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            Write(writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The report {path} cannot be written: {e.Message}", e);
        }
    }

    internal static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Lets the page's theme colour the drawing's ink, so that it is as legible in the dark.</summary>
    private static string Themed(string svg, string kind, string key)
    {
        svg = svg
            .Replace($"\"{ReportColors.Ink}\"", "\"var(--ink)\"", StringComparison.OrdinalIgnoreCase)
            .Replace($"\"{ReportColors.Muted}\"", "\"var(--muted)\"", StringComparison.OrdinalIgnoreCase)
            .Replace($"\"{ReportColors.Rule}\"", "\"var(--rule)\"", StringComparison.OrdinalIgnoreCase)
            .Replace("\"white\"", "\"var(--paper)\"", StringComparison.Ordinal);
        for (int i = 0; i < ReportColors.AllSeries.Count; i++)
        {
            svg = svg.Replace($"\"{ReportColors.AllSeries[i].Hex}\"", $"\"var(--series-{i})\"", StringComparison.OrdinalIgnoreCase);
        }

        // Ids must be unique on a page of many drawings.
        string prefix = $"{key}-{kind}-".Replace('.', '-');
        svg = svg.Replace("id=\"", $"id=\"{prefix}", StringComparison.Ordinal)
            .Replace("url(#", $"url(#{prefix}", StringComparison.Ordinal)
            .Replace("href=\"#", $"href=\"#{prefix}", StringComparison.Ordinal);
        return svg.Replace("<svg ", $"<svg class=\"{kind}\" ", StringComparison.Ordinal) + "\n";
    }
}
