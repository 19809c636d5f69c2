namespace CertiPure.Recipes.Reproduce;

/// <summary>A table of the paper as runs.</summary>
/// <param name="Key">A short name for files.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Claim">What the paper claims by it.</param>
/// <param name="Rows">Its rows.</param>
public sealed record MatrixTable(string Key, string Title, string Claim, IReadOnlyList<MatrixRow> Rows);
