using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Keeps the native part of a TorchSharp <c>Scalar</c> or <c>Tensor</c> alive while libtorch may still read it. TorchSharp makes a
/// temporary scalar for each number in an operation (<c>tensor + 1</c>) and hands libtorch its address; after that nothing refers to the
/// temporary, so a garbage collection during the call lets the finalizer free what libtorch is about to read: an exception ("Unknown
/// scalar type"), or another number. The same happens to a temporary tensor outside every dispose scope
/// (<c>target.copy_(tensor(values))</c>), and ends the process. Here the functions by which TorchSharp frees them are replaced by ones
/// that free a scalar, and a tensor that is left to the garbage collector, <see cref="Delay"/> later; a tensor that is disposed of is
/// freed at once.
/// </summary>
/// <remarks>
/// TorchSharp finds the functions by name, with <c>dlsym</c>, at their first call. The entry of the name in the symbol table of the
/// loaded library is made to point here; the file and the library's code stay as they are. This needs the C library of GNU/Linux:
/// elsewhere nothing is replaced.
/// </remarks>
internal static unsafe partial class NativeLifetime
{
    private const int SymbolEntry = 1; // RTLD_DL_SYMENT
    private const int Read = 1, ReadWrite = 3;

    private static readonly Lock Gate = new();
    private static readonly Queue<(nint Address, bool IsTensor, long Since)> Waiting = new();
    private static delegate* unmanaged[Cdecl]<nint, void> s_freeScalar;
    private static delegate* unmanaged[Cdecl]<nint, void> s_freeTensor;
    private static int s_finalizerThread;

    /// <summary>How long the native part outlives the last reference: far longer than a thread waits between entering an operation and
    /// reading its arguments. At 10,000 scalars per second they take 30 MB.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Replaces the functions, where it can be done. Call it before TorchSharp makes its first tensor.</summary>
    /// <param name="library">The loaded LibTorchSharp.</param>
    /// <returns>Whether scalars and tensors now outlive their last reference.</returns>
    public static bool Prolong(nint library)
    {
        if (!OperatingSystem.IsLinux() || sizeof(nint) != 8)
        {
            return false;
        }

        FinalizerThread.Find();
        return Replace(library, "THSTorch_dispose_scalar", &ReleaseScalar, ref s_freeScalar)
            && Replace(library, "THSTensor_dispose", &ReleaseTensor, ref s_freeTensor);
    }

    private static bool Replace(
        nint library, string name, delegate* unmanaged[Cdecl]<nint, void> replacement, ref delegate* unmanaged[Cdecl]<nint, void> original)
    {
        if (!NativeLibrary.TryGetExport(library, name, out nint address)
            || !TryFindSymbol(address, out DynamicSymbol* symbol, out nint start)
            || start + symbol->Value != address)
        {
            return false;
        }

        nint page = (nint)symbol & -Environment.SystemPageSize;
        nint length = (nint)(symbol + 1) - page;
        if (Protect(page, length, ReadWrite) != 0)
        {
            return false;
        }

        original = (delegate* unmanaged[Cdecl]<nint, void>)address;
        symbol->Value = (nint)replacement - start;
        _ = Protect(page, length, Read);
        return true;
    }

    // Neither throws: their caller is native code or a finalizer.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseScalar(nint scalar) => FreeLater(scalar, isTensor: false);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseTensor(nint tensor)
    {
        if (Environment.CurrentManagedThreadId == s_finalizerThread)
        {
            FreeLater(tensor, isTensor: true);
        }
        else
        {
            s_freeTensor(tensor);
        }
    }

    // It is freed when the next one comes after the delay.
    private static void FreeLater(nint address, bool isTensor)
    {
        long now = Environment.TickCount64;
        lock (Gate)
        {
            Waiting.Enqueue((address, isTensor, now));
            while (Waiting.TryPeek(out (nint Address, bool IsTensor, long Since) oldest) && now - oldest.Since > Delay.TotalMilliseconds)
            {
                Waiting.Dequeue();
                (oldest.IsTensor ? s_freeTensor : s_freeScalar)(oldest.Address);
            }
        }
    }

    private static bool TryFindSymbol(nint address, out DynamicSymbol* symbol, out nint start)
    {
        try
        {
            int found = FindSymbol(address, out Location location, out symbol, SymbolEntry);
            start = location.Start;
            return found != 0 && symbol != null;
        }
        catch (TypeLoadException)
        {
            // No such library or function: a C library other than GNU's.
            symbol = null;
            start = 0;
            return false;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "dladdr1")]
    private static partial int FindSymbol(nint address, out Location location, out DynamicSymbol* symbol, int request);

    [LibraryImport("libc.so.6", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    // Records the one thread on which finalizers run.
    private sealed class FinalizerThread
    {
        ~FinalizerThread() => s_finalizerThread = Environment.CurrentManagedThreadId;

        public static void Find()
        {
            while (s_finalizerThread == 0)
            {
                Leave();
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Leave() => _ = new FinalizerThread();
    }

    // Dl_info of <dlfcn.h>.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Location
    {
        private readonly nint _file;
        public readonly nint Start;
        private readonly nint _symbolName;
        private readonly nint _symbolAddress;
    }

    // Elf64_Sym of <elf.h>.
    [StructLayout(LayoutKind.Sequential)]
    private struct DynamicSymbol
    {
        private readonly uint _name;
        private readonly byte _info;
        private readonly byte _other;
        private readonly ushort _section;
        public nint Value;
        private readonly ulong _size;
    }
}
