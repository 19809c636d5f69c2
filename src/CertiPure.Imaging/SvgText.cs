using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace CertiPure.Imaging;

/// <summary>Turns what Skia writes into an SVG that is complete in itself: scalable, named, and with its font.</summary>
internal static partial class SvgText
{
    public static string Finish(string svg, int width, int height, string title, string description, bool withFont)
    {
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        // Skia names the font alone; a viewer that does not take embedded fonts must still choose a sans serif.
        string families = $"font-family=\"{ReportFont.Family}, system-ui, Helvetica, Arial, sans-serif\"";
        svg = svg
            .Replace($"font-family=\"{ReportFont.Family}\"", families, StringComparison.Ordinal)
            .Replace($"font-family=\"{ReportFont.Family} SemiBold\"", families, StringComparison.Ordinal)
            // Skia calls the semi-bold weight 500, which would fetch the regular face.
            .Replace("font-weight=\"500\"", "font-weight=\"600\"", StringComparison.Ordinal)
            // Pixels stay squares, as in the PNG.
            .Replace("<image ", "<image style=\"image-rendering:pixelated\" ", StringComparison.Ordinal);
        string style = withFont
            ? $"<style>{ReportFont.FontFace(isSemiBold: false)}{ReportFont.FontFace(isSemiBold: true)}</style>"
            : "";
        string opening = string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 {width} {height}\" "
            + $"width=\"{width}\" height=\"{height}\" role=\"img\">"
            + $"<title>{WebUtility.HtmlEncode(title)}</title><desc>{WebUtility.HtmlEncode(description)}</desc>{style}");
        return Opening().Replace(svg, _ => opening, 1);
    }

    [GeneratedRegex("<svg[^>]*>")]
    private static partial Regex Opening();
}
