namespace CertiPure.Imaging;

/// <summary>A row of a grid.</summary>
/// <param name="Label">The row's name: <c>noisy</c>, <c>consistency</c>, ...</param>
/// <param name="Tiles">The pictures, one per column.</param>
public sealed record GridRow(string Label, IReadOnlyList<GridTile> Tiles);
