namespace CertiPure.Results;

/// <summary>How a service recognises a certificate as its own: a keyed hash (HMAC-SHA256) of the document without its seal.</summary>
/// <param name="KeyId">Which key: the first eight bytes of the key's SHA-256, lower-case hexadecimal.</param>
/// <param name="Code">The keyed hash, lower-case hexadecimal.</param>
public sealed record CertificateSeal(string KeyId, string Code);
