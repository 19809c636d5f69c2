using ScottPlot;

namespace CertiPure.Imaging;

/// <summary>How a series looks, in colour and without.</summary>
internal sealed record SeriesStyle(string Hex, LinePattern Pattern, MarkerShape Marker)
{
    public Color Color => Color.FromHex(Hex);
}
