using System.Text.Json.Serialization;
using CertiPure.Results;

namespace CertiPure.Smoothing;

/// <summary>
/// What certification says of one image, together with the counts it follows from. The counts are the result; the bound
/// and the radius are derived from them, rounded down, and can be derived again from the log alone.
/// </summary>
/// <param name="Id">The image's position in its data set; 0 for a single file.</param>
/// <param name="Label">The true class, or null where it is unknown.</param>
/// <param name="Predicted">The certified class, or null for an abstention.</param>
/// <param name="Selection">Votes per class of the n0 selection draws.</param>
/// <param name="Looks">The looks at the estimation draws, one for a fixed plan; the bounds are the best over them.</param>
/// <param name="Draws">Estimation draws that were counted.</param>
/// <param name="LowerBound">Lower confidence bound of the probability of the selected class, rounded down.</param>
/// <param name="Radius">Certified L2 radius in pixel space, rounded down; 0 for an abstention.</param>
/// <param name="Seconds">Time from the image's first draw to its certificate.</param>
[JsonConverter(typeof(CertificateConverter))]
public sealed record Certificate(
    int Id,
    int? Label,
    int? Predicted,
    IReadOnlyList<int> Selection,
    IReadOnlyList<Look> Looks,
    int Draws,
    double LowerBound,
    double Radius,
    double Seconds)
{
    /// <summary>The image's file within its folder, with forward slashes; null where images have no files of their own.</summary>
    public string? File { get; init; }

    /// <summary>Upper confidence bound of the probability of every other class, rounded up; null in format version 1.</summary>
    public double? UpperBound { get; init; }

    /// <summary>Which model answers, under certified routing; null without it.</summary>
    public Routing? Routing { get; init; }
}

/// <summary>Which votes a certificate's radius follows from.</summary>
public enum BoundKind
{
    /// <summary>The votes of the selected class alone (Cohen et al. 2019): R = sigma PhiInv(p), which abstains up to p = 1/2.</summary>
    Top = 0,

    /// <summary>The votes of the selected class and of its strongest rival: R = sigma/2 (PhiInv(p_low) - PhiInv(p_up)), where the
    /// selection draws ask for it; else as <see cref="Top"/>. See docs/method.md.</summary>
    Margin = 1,
}
