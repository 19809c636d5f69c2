namespace CertiPure.Server.Contracts;

/// <summary>An image's shape.</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record Shape(int Channels, int Height, int Width);
