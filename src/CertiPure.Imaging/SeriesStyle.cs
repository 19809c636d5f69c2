using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>How a series looks, in colour and without.</summary>
/// <param name="Hex">The colour on white.</param>
/// <param name="DarkHex">The colour on a dark page.</param>
/// <param name="Pattern">The line.</param>
/// <param name="Marker">The marker.</param>
internal sealed record SeriesStyle(string Hex, string DarkHex, LinePattern Pattern, MarkerShape Marker)
{
    public Color Color => Color.FromHex(Hex);
}
