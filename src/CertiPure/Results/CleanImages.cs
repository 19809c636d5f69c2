using System.Globalization;

namespace CertiPure.Results;

/// <summary>How the classifier answered images without noise before a run began.</summary>
/// <param name="Right">The images that it got right.</param>
/// <param name="Labeled">The labelled images that it was asked.</param>
public sealed record CleanImages(int Right, int Labeled)
{
    /// <summary>The same in a sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"Without noise the classifier is right on {Right} of {Labeled} images.");
}
