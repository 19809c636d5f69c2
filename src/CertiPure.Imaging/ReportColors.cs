using ScottPlot;
using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>The few colours of all pictures. Series take the Okabe-Ito colours, which people with any colour vision tell
/// apart (Okabe and Ito 2008); what is also black and white on paper differs in dash and marker.</summary>
internal static class ReportColors
{
    public const string Ink = "#1F2328";
    public const string Muted = "#59636E";
    public const string Rule = "#D8DEE4";
    public const string Paper = "#FFFFFF";
    public const string Right = "#1A7F37";
    public const string Wrong = "#CF222E";

    /// <summary>All looks of series; the ninth series looks like the first.</summary>
    public static IReadOnlyList<SeriesStyle> AllSeries => Styles;

    /// <summary>The look of the i-th series.</summary>
    public static SeriesStyle Series(int index) => Styles[index % Styles.Length];

    public static SKColor Skia(string color) => SKColor.Parse(color);

    private static readonly SeriesStyle[] Styles =
    [
        new("#0072B2", "#58A6E8", LinePattern.Solid, MarkerShape.FilledCircle),
        new("#D55E00", "#FF8F45", LinePattern.Dashed, MarkerShape.FilledSquare),
        new("#009E73", "#33C79A", LinePattern.Dotted, MarkerShape.FilledTriangleUp),
        new("#AA4499", "#DE8ED2", new LinePattern([8, 3, 2, 3], 0, "dash-dot"), MarkerShape.FilledDiamond),
        new("#A07000", "#DDAE34", LinePattern.DenselyDashed, MarkerShape.FilledTriangleDown),
        new("#333333", "#C9D1D9", new LinePattern([12, 3, 2, 3, 2, 3], 0, "dash-dot-dot"), MarkerShape.OpenCircle),
        new("#56B4E9", "#8FD0F5", LinePattern.Solid, MarkerShape.OpenSquare),
        new("#8C510A", "#D3A06A", LinePattern.Dashed, MarkerShape.OpenDiamond),
    ];
}

/// <summary>How a series looks, in colour and without.</summary>
/// <param name="Hex">The colour on white.</param>
/// <param name="DarkHex">The colour on a dark page.</param>
/// <param name="Pattern">The line.</param>
/// <param name="Marker">The marker.</param>
internal sealed record SeriesStyle(string Hex, string DarkHex, LinePattern Pattern, MarkerShape Marker)
{
    public Color Color => Color.FromHex(Hex);
}
