namespace CertiPure.Smoothing;

/// <summary>A look that a plan may take: after <paramref name="N"/> draws it spends <paramref name="Alpha"/>.</summary>
/// <param name="N">Estimation draws before the look.</param>
/// <param name="Alpha">The share of the total error probability that the look spends.</param>
public sealed record PlannedLook(int N, double Alpha);
