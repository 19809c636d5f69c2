using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CertiPure.Torch.Backend;

/// <summary>
/// TorchSharp 0.107.0's library for Linux asks for <c>GLIBCXX_3.4.32</c>, which the libstdc++ of Debian 12, Ubuntu 22.04
/// and RHEL 9 does not have. The one symbol of that version, <c>std::ios_base_library_init()</c>, is a marker that GCC 13
/// emits so that the linker asks for a new enough library; it is referenced but never called. Where the system's libstdc++
/// lacks it, a copy in which the symbol is weak is made in a per-user cache and loaded instead.
/// </summary>
internal static partial class LibTorchSharpPatch
{
    private const string Library = "libstdc++.so.6";
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";

    // The only file that the patch was tested on. A new TorchSharp has another hash, and may not need a patch.
    private const string KnownSha256 = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8";

    /// <summary>Whether this system's libstdc++ lacks the symbol.</summary>
    public static bool IsNeeded()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Library, out nint handle))
        {
            return false;
        }

        try
        {
            return VersionedSymbol(handle, Symbol, Version) == 0;
        }
        finally
        {
            NativeLibrary.Free(handle);
        }
    }

    /// <summary>The patched copy of a package file, made or checked byte for byte.</summary>
    /// <param name="packageFile">The untouched <c>libLibTorchSharp.so</c> of TorchSharp's package.</param>
    /// <param name="cacheFolder">Where the copy goes; made if absent.</param>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="CertiPureException">The package file is not the known one, or the cache cannot be written.</exception>
    public static string PatchedCopy(string packageFile, string cacheFolder)
    {
        byte[] original = File.ReadAllBytes(packageFile);
        string hash = Convert.ToHexStringLower(SHA256.HashData(original));
        if (hash != KnownSha256)
        {
            throw new CertiPureException(
                $"This system's {Library} has no {Version}, and {packageFile} (SHA-256 {hash}) is not the file that can be "
                + "made to run without it: restore TorchSharp 0.107.0 again, or use a system with GCC 13's libstdc++.");
        }

        byte[] patched;
        try
        {
            patched = ElfVersionWeakening.Apply(original, Library, Version, Symbol);
        }
        catch (InvalidDataException exception)
        {
            throw new CertiPureException($"{packageFile} cannot be adapted to this system: {exception.Message}.", exception);
        }

        string copy = Path.Combine(cacheFolder, $"libLibTorchSharp-{hash[..16]}.so");
        try
        {
            if (OperatingSystem.IsLinux())
            {
                Directory.CreateDirectory(cacheFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            // Another process may do the same at the same time: each writes a file of its own and renames it into place.
            if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(patched))
            {
                OutputTarget.Write(copy, file => File.WriteAllBytes(file, patched));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CertiPureException)
        {
            throw new CertiPureException(
                $"The adapted copy of TorchSharp's library cannot be written to {cacheFolder} ({exception.Message}): set "
                + "XDG_CACHE_HOME to a folder of yours that can be written to.",
                exception);
        }

        return copy;
    }

    [LibraryImport("libc", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint VersionedSymbol(nint handle, string symbol, string version);
}
