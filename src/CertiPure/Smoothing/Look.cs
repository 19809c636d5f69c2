namespace CertiPure.Smoothing;

/// <summary>One look at the votes of the estimation phase: after <paramref name="N"/> draws, <paramref name="K"/> of them
/// were for the selected class, and the bound taken there may err with probability <paramref name="Alpha"/>.</summary>
/// <param name="N">Draws so far, at least 1.</param>
/// <param name="K">Draws so far that voted for the selected class, 0 to N.</param>
/// <param name="Alpha">The share of the total error probability that this look spends.</param>
public sealed record Look(int N, int K, double Alpha);
