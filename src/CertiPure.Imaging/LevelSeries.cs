namespace CertiPure.Imaging;

/// <summary>A method's values over the noise level.</summary>
/// <param name="Name">The method.</param>
/// <param name="Points">Sigma in pixel space, above 0 and ascending, and the value there.</param>
public sealed record LevelSeries(string Name, IReadOnlyList<(double Sigma, double Value)> Points);
