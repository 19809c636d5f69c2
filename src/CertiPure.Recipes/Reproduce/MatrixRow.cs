namespace CertiPure.Recipes.Reproduce;

/// <summary>A row of one of the matrix's tables.</summary>
/// <param name="Name">The method, as tables and plots call it.</param>
/// <param name="Runs">Its runs, one per noise level.</param>
/// <param name="Remark">What a reader must know of it; empty for nothing.</param>
/// <param name="Absence">Why it cannot be run even with all weights at hand; null where it can.</param>
public sealed record MatrixRow(string Name, IReadOnlyList<PlannedRun> Runs, string Remark = "", string? Absence = null);
