namespace CertiPure.Server.Contracts;

/// <summary>What a request gets that says nothing else.</summary>
/// <param name="Sigma">The noise level.</param>
/// <param name="N0">Selection draws.</param>
/// <param name="N">Estimation draws.</param>
/// <param name="Alpha">The error probability.</param>
public sealed record Defaults(double Sigma, int N0, int N, double Alpha);
