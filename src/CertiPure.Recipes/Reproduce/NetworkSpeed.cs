namespace CertiPure.Recipes.Reproduce;

/// <summary>How fast a network runs.</summary>
/// <param name="Network">The network.</param>
/// <param name="Parameters">Its number of parameters.</param>
/// <param name="ImagesPerSecond">Images per second of one call.</param>
internal sealed record NetworkSpeed(string Network, long Parameters, double ImagesPerSecond);
