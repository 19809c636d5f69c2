using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Keeps the native part of a TorchSharp <c>Scalar</c> alive while libtorch may still read it. TorchSharp makes a temporary scalar
/// for each number in an operation (<c>tensor + 1</c>) and hands libtorch its address; after that nothing refers to the temporary,
/// so a garbage collection during the call lets the finalizer free what libtorch is about to read: an exception ("Unknown scalar
/// type"), or another number. Here the function by which TorchSharp frees a scalar is replaced by one that frees it
/// <see cref="Delay"/> later.
/// </summary>
/// <remarks>
/// TorchSharp finds the function by name, with <c>dlsym</c>, at its first call. The entry of that name in the symbol table of the
/// loaded library is made to point here; the file and the library's code stay as they are. This needs the C library of GNU/Linux:
/// elsewhere nothing is replaced.
/// </remarks>
internal static unsafe partial class ScalarLifetime
{
    private const string Name = "THSTorch_dispose_scalar";
    private const int SymbolEntry = 1; // RTLD_DL_SYMENT
    private const int Read = 1, ReadWrite = 3;

    private static readonly Lock Gate = new();
    private static readonly Queue<(nint Scalar, long Released)> Waiting = new();
    private static delegate* unmanaged[Cdecl]<nint, void> s_free;

    /// <summary>How long a scalar outlives its last reference: far longer than a thread waits between entering an operation and
    /// reading the operation's numbers. At 10,000 scalars per second they take 30 MB.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Replaces the function, where it can be done. Call it before TorchSharp frees its first scalar.</summary>
    /// <param name="library">The loaded LibTorchSharp.</param>
    /// <returns>Whether scalars now outlive their last reference.</returns>
    public static bool Prolong(nint library)
    {
        if (!OperatingSystem.IsLinux() || sizeof(nint) != 8
            || !NativeLibrary.TryGetExport(library, Name, out nint original)
            || !TryFindSymbol(original, out DynamicSymbol* symbol, out nint start)
            || start + symbol->Value != original)
        {
            return false;
        }

        nint page = (nint)symbol & -Environment.SystemPageSize;
        nint length = (nint)(symbol + 1) - page;
        if (Protect(page, length, ReadWrite) != 0)
        {
            return false;
        }

        s_free = (delegate* unmanaged[Cdecl]<nint, void>)original;
        symbol->Value = (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Release - start;
        _ = Protect(page, length, Read);
        return true;
    }

    // Never throws: its caller is native code or a finalizer.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint scalar)
    {
        long now = Environment.TickCount64;
        lock (Gate)
        {
            Waiting.Enqueue((scalar, now));
            while (Waiting.TryPeek(out (nint Scalar, long Released) oldest) && now - oldest.Released > Delay.TotalMilliseconds)
            {
                s_free(Waiting.Dequeue().Scalar);
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
