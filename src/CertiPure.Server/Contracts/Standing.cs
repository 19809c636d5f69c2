namespace CertiPure.Server.Contracts;

/// <summary>Where a radius is among those of a run of the same networks, at the same noise level and by the same kind of bound.</summary>
/// <param name="Run">The run's folder below the root.</param>
/// <param name="Images">Its images.</param>
/// <param name="Width">The width of a bar, in pixel space.</param>
/// <param name="Counts">Images per bar, from radius 0 upwards; an abstention has radius 0.</param>
/// <param name="Below">The share of the images with a smaller radius, 0 to 1.</param>
public sealed record Standing(string Run, int Images, double Width, IReadOnlyList<int> Counts, double Below);
