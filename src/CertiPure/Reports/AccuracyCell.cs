namespace CertiPure.Reports;

/// <summary>Certified accuracy at one radius.</summary>
/// <param name="Radius">The radius in pixel space; 0 is clean accuracy.</param>
/// <param name="Accuracy">The share of images that are right with at least that radius.</param>
/// <param name="OnRadius">Ids of counted images whose PRINTED radius is exactly this one: the true radius may be smaller,
/// because printing may have rounded up. Empty for radii derived from counts.</param>
public sealed record AccuracyCell(double Radius, Proportion Accuracy, IReadOnlyList<int> OnRadius);
