using System.Security.Cryptography;

namespace CertiPure.Server.Certification;

/// <summary>Seeds nobody can know beforehand.</summary>
internal static class FreshSeed
{
    /// <summary>The largest whole number that every JSON reader keeps exactly.</summary>
    public const long Largest = (1L << 53) - 1;

    public static ulong Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) & Largest;
    }
}
