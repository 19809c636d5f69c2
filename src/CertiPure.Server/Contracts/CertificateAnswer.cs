using CertiPure.Results;

namespace CertiPure.Server.Contracts;

/// <summary>Event <c>certificate</c>, and the answer where JSON is asked for.</summary>
/// <param name="Certificate">The certificate: what to keep and to verify.</param>
/// <param name="Id">Its id: <c>/v1/certificates/{id}</c> gives this answer again, as long as it is kept.</param>
/// <param name="ClassName">The certified class's name, or null for an abstention.</param>
/// <param name="TrueClassName">The true class's name where it is known, as it is for a data set's image.</param>
/// <param name="Claim">The certificate in plain words.</param>
/// <param name="Bounds">What the votes prove of the classes' probabilities, in plain words.</param>
/// <param name="Meaning">What its distance means; null for an abstention.</param>
/// <param name="Standing">Where its radius stands among those of a run; null without a run of the same networks.</param>
public sealed record CertificateAnswer(
    string Id,
    CertificateDocument Certificate,
    string? ClassName,
    string? TrueClassName,
    string Claim,
    string Bounds,
    Meaning? Meaning,
    Standing? Standing);
