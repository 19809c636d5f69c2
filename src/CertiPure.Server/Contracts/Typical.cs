namespace CertiPure.Server.Contracts;

/// <summary>Between which values 98 of 100 images of a data set lie, to tell a picture that is unlike them.</summary>
/// <param name="Brightness">The mean of all values, 0 to 1: the least and the greatest.</param>
/// <param name="Contrast">The standard deviation of all values.</param>
/// <param name="Border">The mean of the values of the outermost pixels.</param>
public sealed record Typical(IReadOnlyList<double> Brightness, IReadOnlyList<double> Contrast, IReadOnlyList<double> Border);
