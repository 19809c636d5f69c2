namespace CertiPure.Server.Contracts;

/// <summary>A step of a certified-accuracy curve.</summary>
/// <param name="Radius">The radius in pixel space up to which the step reaches.</param>
/// <param name="Accuracy">The share of images that are right with at least this radius, 0 to 1.</param>
public sealed record CurvePoint(double Radius, double Accuracy);
