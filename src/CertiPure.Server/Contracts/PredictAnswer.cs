namespace CertiPure.Server.Contracts;

/// <summary>The smoothed classifier's answer for an image.</summary>
/// <param name="Predicted">The class, or null for an abstention.</param>
/// <param name="ClassName">Its name.</param>
/// <param name="Votes">Votes per class.</param>
/// <param name="PValue">The two-sided p-value of the top class against the runner-up.</param>
/// <param name="Alpha">The probability with which the answer may be wrong; a larger p-value means abstention.</param>
/// <param name="Seed">The noise's seed.</param>
public sealed record PredictAnswer(
    int? Predicted, string? ClassName, IReadOnlyList<int> Votes, double PValue, double Alpha, ulong Seed);
