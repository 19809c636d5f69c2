namespace CertiPure.Reports;

/// <summary>What reports need of one certified image, whatever log it comes from.</summary>
/// <param name="Id">The position in the data set.</param>
/// <param name="Label">The true class, or null where it is unknown.</param>
/// <param name="Predicted">The certified class, or null for an abstention.</param>
/// <param name="Radius">The certified L2 radius in pixel space.</param>
/// <param name="Draws">Selection and estimation draws, or null where the log does not tell.</param>
/// <param name="Seconds">Time from the image's first draw to its certificate.</param>
public sealed record CertifiedImage(int Id, int? Label, int? Predicted, double Radius, int? Draws, double Seconds)
{
    /// <summary>The class that the selection draws chose, certified or not; null where the log does not tell.</summary>
    public int? Selected { get; init; }

    /// <summary>That class's share of the estimation draws; null where the log does not tell.</summary>
    public double? SelectedShare { get; init; }

    /// <summary>The lower bound of that class's probability; null where the log does not tell.</summary>
    public double? LowerBound { get; init; }

    /// <summary>The upper bound of every other class's probability; null where the log does not tell.</summary>
    public double? UpperBound { get; init; }

    /// <summary>The votes of all classes at the last look; null where the log does not tell.</summary>
    public IReadOnlyList<int>? Votes { get; init; }

    /// <summary>The image's file below the data's folder, or null.</summary>
    public string? File { get; init; }

    /// <summary>Whether the certified class is the true one.</summary>
    public bool IsCorrect => Predicted is not null && Predicted == Label;

    /// <summary>Whether the image counts as certified at a radius: right, and with at least that radius. An abstention is
    /// wrong.</summary>
    /// <param name="radius">The radius in pixel space; 0 asks for clean accuracy.</param>
    public bool IsCertifiedAt(double radius) => IsCorrect && Radius >= radius;
}
