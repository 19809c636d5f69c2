using System.Globalization;
using CertiPure.Reports;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace CertiPure.Imaging;

/// <summary>A plot of a report: a picture in PNG and SVG, and the numbers it shows as a table.</summary>
public abstract class ReportPlot
{
    /// <summary>The width of a series' line.</summary>
    private protected const float LineWidth = 2;

    /// <summary>The size of all text but the title.</summary>
    private protected const float TextSize = 13;

    /// <summary>Sets what every plot has.</summary>
    /// <param name="key">A short name for files and anchors: <c>certified-accuracy</c>.</param>
    /// <param name="title">The heading.</param>
    private protected ReportPlot(string key, string title)
    {
        Key = key;
        Title = title;
    }

    /// <summary>A short name for files and anchors.</summary>
    public string Key { get; }

    /// <summary>The heading.</summary>
    public string Title { get; }

    /// <summary>One sentence that says what the picture shows, for those who do not see it.</summary>
    public abstract string Description { get; }

    /// <summary>Every number of the picture.</summary>
    public abstract ReportTable ToTable();

    /// <summary>Draws the plot as PNG.</summary>
    /// <param name="width">Width at 100 % zoom.</param>
    /// <param name="height">Height at 100 % zoom.</param>
    /// <param name="scale">Pixels per unit: 2 stays sharp on dense screens and in print.</param>
    public byte[] ToPng(int width = 720, int height = 440, int scale = 2)
    {
        using Plot plot = Draw(width, withTitle: true);
        plot.ScaleFactor = scale;
        return plot.GetImageBytes(width * scale, height * scale, ImageFormat.Png);
    }

    /// <summary>Draws the plot as SVG.</summary>
    /// <param name="width">Width at 100 % zoom.</param>
    /// <param name="height">Height at 100 % zoom.</param>
    /// <returns>An SVG file that carries its font in itself.</returns>
    public string ToSvg(int width = 720, int height = 440) => ToSvg(width, height, isPage: false);

    /// <summary>Writes the plot's picture as PNG and SVG and its numbers as CSV, named by its key.</summary>
    /// <param name="folder">The folder, which exists.</param>
    public void Save(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, Key + ".png"), ToPng());
        File.WriteAllText(Path.Combine(folder, Key + ".svg"), ToSvg());
        using var writer = new StreamWriter(Path.Combine(folder, Key + ".csv"));
        new CsvExporter().Write(ToTable(), writer);
    }

    /// <summary>The SVG; a page brings the title as text, and the font.</summary>
    internal string ToSvg(int width, int height, bool isPage)
    {
        using Plot plot = Draw(width, withTitle: !isPage);
        SetSolid(plot);
        return SvgText.Finish(Dashed(plot.GetSvgXml(width, height)), width, height, Title, Description, withFont: !isPage);
    }

    /// <summary>Draws the data and sets limits, ticks and labels.</summary>
    private protected abstract void Draw(Plot plot, int width);

    /// <summary>Names a series in the legend by its line and its marker.</summary>
    private protected static LegendItem LegendEntry(string name, SeriesStyle style, bool withLine) => new()
    {
        LabelText = name,
        LineColor = style.Color,
        LineWidth = withLine ? LineWidth : 0,
        LinePattern = style.Pattern,
        MarkerShape = style.Marker,
        MarkerFillColor = style.Color,
        MarkerLineColor = style.Color,
        MarkerLineWidth = 1.5f,
        MarkerSize = 8,
    };

    /// <summary>Whether there is room for text beside the data.</summary>
    private protected static bool IsWide(int width) => width >= 560;

    /// <summary>Shows the legend in a corner of the data, or below it where it would cover them.</summary>
    private protected static void ShowLegend(Plot plot, int width, Alignment corner)
    {
        if (IsWide(width))
        {
            plot.ShowLegend(corner);
        }
        else
        {
            plot.ShowLegend(Edge.Bottom);
            plot.Legend.Orientation = Orientation.Vertical;
        }
    }

    /// <summary>Ticks at given places.</summary>
    private protected static NumericManual Ticks(IEnumerable<double> places, Func<double, string> label)
    {
        var ticks = new NumericManual();
        foreach (double place in places)
        {
            ticks.AddMajor(place, label(place));
        }

        return ticks;
    }

    /// <summary>The y axis of shares: 0 to 100 %, always whole, so that plots can be laid side by side.</summary>
    private protected static void SetPercentAxis(Plot plot, string label)
    {
        plot.YLabel(label);
        plot.Axes.Left.TickGenerator = Ticks([0, 20, 40, 60, 80, 100], y => y.ToString("0", CultureInfo.InvariantCulture));
        plot.Axes.SetLimitsY(0, 100);
    }

    /// <summary>Skia's SVG writer cannot dash, and says so on the standard error for each line.</summary>
    private static void SetSolid(Plot plot)
    {
        foreach (IHasLine line in plot.GetPlottables().OfType<IHasLine>())
        {
            line.LinePattern = LinePattern.Solid;
        }

        foreach (LegendItem item in plot.Legend.ManualItems)
        {
            item.LinePattern = LinePattern.Solid;
        }
    }

    /// <summary>Dashes the series' lines, which their colour and width set apart from all others.</summary>
    private static string Dashed(string svg)
    {
        foreach (SeriesStyle style in ReportColors.AllSeries.Where(style => style.Pattern.Intervals.Length > 0))
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"stroke=\"{style.Hex}\" stroke-width=\"{LineWidth}\"");
            string dashes = string.Join(' ', style.Pattern.Intervals.Select(i => i.ToString(CultureInfo.InvariantCulture)));
            svg = svg.Replace(line, $"{line} stroke-dasharray=\"{dashes}\"", StringComparison.Ordinal);
        }

        return svg;
    }

    private Plot Draw(int width, bool withTitle)
    {
        ReportFont.Register();
        var plot = new Plot();
        var ink = Color.FromHex(ReportColors.Ink);
        var muted = Color.FromHex(ReportColors.Muted);
        plot.FigureBackground.Color = Color.FromHex(ReportColors.Paper);
        plot.DataBackground.Color = Color.FromHex(ReportColors.Paper);
        plot.Axes.Color(muted);
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.MinorTickStyle.Length = 0;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.YAxisStyle.MajorLineStyle.Color = Color.FromHex(ReportColors.Rule);
        plot.Grid.YAxisStyle.MajorLineStyle.Width = 1;

        Draw(plot, width);

        if (withTitle)
        {
            plot.Title(Title, TextSize + 3);
            plot.Axes.Title.Label.ForeColor = ink;
            plot.Axes.Title.Label.FontName = ReportFont.Family;
            plot.Axes.Title.Label.Bold = true;
        }

        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.Label.Bold = false;
            axis.Label.FontSize = TextSize;
            axis.Label.ForeColor = ink;
            axis.TickLabelStyle.FontSize = TextSize;
            axis.Label.FontName = ReportFont.Family;
            axis.TickLabelStyle.FontName = ReportFont.Family;
            axis.TickLabelStyle.ForeColor = muted;
        }

        plot.Legend.FontSize = TextSize;
        plot.Legend.FontColor = ink;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.BackgroundColor = Color.FromHex(ReportColors.Paper).WithAlpha(0.85);
        plot.Legend.SymbolWidth = 46;
        plot.Legend.FontName = ReportFont.Family;
        return plot;
    }
}
