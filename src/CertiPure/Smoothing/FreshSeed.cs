using System.Security.Cryptography;

namespace CertiPure.Smoothing;

/// <summary>Seeds that nobody can know beforehand: who knows the seed could craft the image to the noise.</summary>
public static class FreshSeed
{
    /// <summary>The largest seed that is drawn: the largest whole number that every JSON reader keeps exactly, 2^53 - 1.</summary>
    public const long Largest = (1L << 53) - 1;

    /// <summary>Draws a seed from the operating system's random numbers.</summary>
    public static ulong Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) & Largest;
    }
}
