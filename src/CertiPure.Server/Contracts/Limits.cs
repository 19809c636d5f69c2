namespace CertiPure.Server.Contracts;

/// <summary>The bounds of a request.</summary>
/// <param name="MaxUploadBytes">The largest request body.</param>
/// <param name="MaxImagePixels">The most pixels of an image.</param>
/// <param name="MaxSelectionDraws">The most selection draws, n0.</param>
/// <param name="MaxDraws">The most draws, n.</param>
/// <param name="MinAlpha">The smallest error probability.</param>
/// <param name="MaxAlpha">The largest error probability.</param>
/// <param name="MaxPictures">The most draws that <c>/v1/purify</c> shows.</param>
/// <param name="ClientSeed">Whether a request may choose the seed.</param>
public sealed record Limits(
    int MaxUploadBytes,
    int MaxImagePixels,
    int MaxSelectionDraws,
    int MaxDraws,
    double MinAlpha,
    double MaxAlpha,
    int MaxPictures,
    bool ClientSeed);
