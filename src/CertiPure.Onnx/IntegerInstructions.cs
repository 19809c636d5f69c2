using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CertiPure.Onnx;

/// <summary>What this processor has for sums of products of 8-bit integers. Runtimes choose their kernels by it, so that networks in 8 bits
/// may give other bits where it differs.</summary>
public static class IntegerInstructions
{
    /// <summary>The best set of instructions: <c>AVX512_VNNI</c>, <c>AVX_VNNI</c>, <c>AVX512</c>, <c>AVX2</c>, <c>DotProd</c>, or the
    /// processor's architecture where it has none of them.</summary>
    public static string Name { get; } = Detect();

    /// <summary>Whether products are summed in 32 bits. Without it x86 processors sum two products in 16, which weights of 8 bits
    /// overflow and weights of 7 bits do not; and 8 bits are hardly faster than fp32.</summary>
    public static bool SumIn32Bits => Name is not ("AVX512" or "AVX2" or "X64" or "X86");

    private static string Detect()
    {
        if (Dp.IsSupported)
        {
            return "DotProd";
        }

        if (!X86Base.IsSupported)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        // CPUID leaf 7: VNNI is bit 11 of ECX for 512-bit vectors, bit 4 of EAX in subleaf 1 for shorter ones.
        bool hasVectors = Avx512BW.IsSupported;
        if (hasVectors && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0)
        {
            return "AVX512_VNNI";
        }

        return Avx2.IsSupported && (X86Base.CpuId(7, 1).Eax & (1 << 4)) != 0 ? "AVX_VNNI"
            : hasVectors ? "AVX512"
            : Avx2.IsSupported ? "AVX2"
            : RuntimeInformation.ProcessArchitecture.ToString();
    }
}
