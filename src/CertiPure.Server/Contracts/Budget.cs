namespace CertiPure.Server.Contracts;

/// <summary>A usual number of draws.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="N">The draws.</param>
/// <param name="Ceiling">The radius, in units of sigma, that is proven when every vote agrees, at the default alpha.</param>
public sealed record Budget(string Name, int N, double Ceiling);
