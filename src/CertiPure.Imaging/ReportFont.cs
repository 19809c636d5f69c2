using System.Reflection;
using ScottPlot;
using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>Inter, from this assembly: pictures look the same everywhere, also where no font is installed.</summary>
internal sealed class ReportFont : IFontResolver
{
    public const string Family = "Inter";

    private static readonly Lazy<bool> Registration = new(() =>
    {
        // Before ScottPlot's own resolvers, which would otherwise find another file of this name.
        Fonts.FontResolvers.Insert(0, new ReportFont());
        Fonts.Default = Family;
        return true;
    });

    private ReportFont()
    {
    }

    public static SKTypeface Regular { get; } = Load("Inter-Regular.ttf");

    public static SKTypeface SemiBold { get; } = Load("Inter-SemiBold.ttf");

    /// <summary>Makes ScottPlot draw with this font.</summary>
    public static void Register() => _ = Registration.Value;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Family ? Load(weight > FontWeight.Medium ? "Inter-SemiBold.ttf" : "Inter-Regular.ttf") : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, bold ? FontWeight.Bold : FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);

    /// <summary>The style sheet that carries one weight of the font in itself.</summary>
    public static string FontFace(bool isSemiBold)
    {
        using Stream stream = Open(isSemiBold ? "Inter-SemiBold.woff2" : "Inter-Regular.woff2");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return $"@font-face {{ font-family: \"{Family}\"; font-weight: {(isSemiBold ? 600 : 400)}; "
            + $"src: url(data:font/woff2;base64,{Convert.ToBase64String(bytes)}) format(\"woff2\"); }}";
    }

    private static SKTypeface Load(string resource)
    {
        using Stream stream = Open(resource);
        using SKData data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }

    private static Stream Open(string resource) => Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
}
