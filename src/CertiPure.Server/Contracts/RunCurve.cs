namespace CertiPure.Server.Contracts;

/// <summary>A run's certified-accuracy curve.</summary>
/// <param name="Name">Its folder below the root.</param>
/// <param name="Curve">The curve's steps by radius.</param>
/// <param name="LowerBounds">Images per twentieth of the lower bound of the selected class's probability, p_A, from 0 to 1.</param>
public sealed record RunCurve(string Name, IReadOnlyList<CurvePoint> Curve, IReadOnlyList<int> LowerBounds);
