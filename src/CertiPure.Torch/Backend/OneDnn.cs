using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Whether oneDNN, the library of libtorch's convolutions, can be relied on here. On AMD's processors it reads the sizes of the
/// caches from CPUID leaf 0x8000001D. Some virtual machines leave that leaf empty, which oneDNN (3.7.1, in libtorch 2.10) takes for
/// caches of one byte: convolutions whose channels are not a multiple of 16 then read memory that was never written, forwards and
/// backwards, so that a network is no longer a function of its input. There libtorch is made to compute without oneDNN: right,
/// but slower, in bf16 by two orders of magnitude. A user who sets <c>ONEDNN_MAX_CPU_ISA</c> keeps oneDNN.
/// </summary>
public static class OneDnn
{
    /// <summary>The environment variable that limits oneDNN's instructions; set, it keeps oneDNN in use.</summary>
    public const string Variable = "ONEDNN_MAX_CPU_ISA";

    /// <summary>Whether libtorch computes without oneDNN on this machine.</summary>
    public static bool IsAvoided { get; } = HidesCaches()
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Makes libtorch compute without oneDNN where it must.</summary>
    /// <param name="library">The loaded libtorch_cpu.</param>
    internal static unsafe void Avoid(nint library)
    {
        if (!HidesCaches())
        {
            return;
        }

        // at::globalContext(), at::Context::setUserEnabledMkldnn(bool), setUserEnabledNNPACK(bool). NNPACK does not start on such a
        // processor and would say so at every convolution.
        if (!NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out nint context)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledMkldnnEb", out nint useOneDnn)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledNNPACKEb", out nint useNnPack))
        {
            throw new CertiPureException(
                $"This machine does not report its processor's caches, so oneDNN's convolutions would be wrong, and this libtorch offers no "
                + $"way to do without it: use libtorch 2.10 for Linux, or set {Variable}=SSE41 and check the results.",
                ErrorReason.LibTorchUnloadable);
        }

        nint global = ((delegate* unmanaged<nint>)context)();
        ((delegate* unmanaged<nint, byte, void>)useNnPack)(global, 0);
        if (IsAvoided)
        {
            ((delegate* unmanaged<nint, byte, void>)useOneDnn)(global, 0);
        }
    }

    /// <summary>Whether a processor's answers to CPUID leave oneDNN without the sizes of its caches.</summary>
    /// <param name="cpuId">The registers that answer a leaf.</param>
    internal static bool HidesCaches(Func<uint, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        const uint FirstExtended = 0x80000000, Caches = 0x8000001D;
        const int Amd = 0x68747541; // "Auth", of "AuthenticAMD"
        return cpuId(0).Ebx == Amd && ((uint)cpuId(FirstExtended).Eax < Caches || (cpuId(Caches).Eax & 0x1F) == 0);
    }

    private static bool HidesCaches() =>
        X86Base.IsSupported && HidesCaches(leaf => X86Base.CpuId((int)leaf, 0));
}
