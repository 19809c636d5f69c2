namespace CertiPure.Server.Contracts;

/// <summary>A run's certified-accuracy curve.</summary>
/// <param name="Name">Its folder below the root.</param>
/// <param name="Curve">The curve's steps by radius.</param>
public sealed record RunCurve(string Name, IReadOnlyList<CurvePoint> Curve);
