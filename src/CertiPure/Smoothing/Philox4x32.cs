using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CertiPure.Smoothing;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
/// (SC 2011): 128 counter bits and 64 key bits in, 128 random bits out, no state.
/// </summary>
internal static class Philox4x32
{
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;
    internal const int Rounds = 10;

    /// <summary>Replaces the counter by the random bits that belong to it and the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Generate(ref uint c0, ref uint c1, ref uint c2, ref uint c3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ key0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ key1;
            c3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }
    }

    /// <summary>The same for four counters at once, each word in the lower half of a 64-bit lane. Needs AVX2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Generate(
        ref Vector256<ulong> c0,
        ref Vector256<ulong> c1,
        ref Vector256<ulong> c2,
        ref Vector256<ulong> c3,
        uint key0,
        uint key1)
    {
        Vector256<uint> multiplier0 = Vector256.Create((ulong)Multiplier0).AsUInt32();
        Vector256<uint> multiplier1 = Vector256.Create((ulong)Multiplier1).AsUInt32();
        Vector256<ulong> lowerHalf = Vector256.Create((ulong)uint.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> product0 = Avx2.Multiply(multiplier0, c0.AsUInt32());
            Vector256<ulong> product1 = Avx2.Multiply(multiplier1, c2.AsUInt32());
            c0 = (product1 >> 32) ^ c1 ^ Vector256.Create((ulong)key0);
            c1 = product1 & lowerHalf;
            c2 = (product0 >> 32) ^ c3 ^ Vector256.Create((ulong)key1);
            c3 = product0 & lowerHalf;
            key0 += Weyl0;
            key1 += Weyl1;
        }
    }
}
