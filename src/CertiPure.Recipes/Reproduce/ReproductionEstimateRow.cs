namespace CertiPure.Recipes.Reproduce;

/// <summary>What one run or measurement would cost.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Draws">Its noise draws.</param>
/// <param name="ForwardPasses">Network evaluations of those draws, purifier and classifier together.</param>
/// <param name="Hours">The time they take at the measured speed; null where no network could be timed.</param>
/// <param name="Remark">What it still needs; empty for nothing.</param>
public sealed record ReproductionEstimateRow(string Key, long Draws, long ForwardPasses, double? Hours, string Remark);
