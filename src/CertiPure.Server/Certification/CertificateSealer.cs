using System.Security.Cryptography;
using System.Text;
using CertiPure.Results;

namespace CertiPure.Server.Certification;

/// <summary>
/// Seals the certificates that this service issues. Counts and bounds can be checked by anyone; that the seed was fresh, and not
/// chosen to suit the image, only the seal shows.
/// </summary>
internal sealed class CertificateSealer
{
    private readonly byte[] _key;

    public CertificateSealer(ServerOptions options)
    {
        _key = options.SealingKey is { } secret ? Encoding.UTF8.GetBytes(secret) : RandomNumberGenerator.GetBytes(32);
        KeyId = Convert.ToHexStringLower(SHA256.HashData(_key).AsSpan(0, 8));
    }

    public string KeyId { get; }

    public CertificateDocument Seal(CertificateDocument document) =>
        document with { Seal = new CertificateSeal(KeyId, CodeOf(document)) };

    /// <summary>Whether the seal is this service's and unbroken; null where it is another key's or missing.</summary>
    public bool? Check(CertificateDocument document) => document.Seal is not { } seal || seal.KeyId != KeyId
        ? null
        : CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(seal.Code), Encoding.ASCII.GetBytes(CodeOf(document)));

    private string CodeOf(CertificateDocument document) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, document.SealedBytes()));
}
