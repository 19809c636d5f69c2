using CertiPure.Results;

namespace CertiPure.Server.Contracts;

/// <summary>Event <c>certificate</c>, and the answer where JSON is asked for.</summary>
/// <param name="Certificate">The certificate: what to keep and to verify.</param>
/// <param name="ClassName">The certified class's name, or null for an abstention.</param>
/// <param name="Claim">The certificate in plain words.</param>
/// <param name="Meaning">What its distance means; null for an abstention.</param>
public sealed record CertificateAnswer(
    CertificateDocument Certificate, string? ClassName, string Claim, Meaning? Meaning);
