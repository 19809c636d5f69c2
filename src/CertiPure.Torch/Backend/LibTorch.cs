using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Loader;
using TorchSharp;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Loads libtorch from the package folder (or <c>CERTIPURE_LIBTORCH</c>) by full path, then TorchSharp's own library, so
/// that no output folder needs a copy of half a gigabyte. Call <see cref="Load"/> before the first use of TorchSharp.
/// </summary>
public static class LibTorch
{
    private const string LibTorchSharp = "LibTorchSharp";

    private static readonly Lock Gate = new();
    private static readonly List<NativeFile> Files = [];
    private static readonly Dictionary<string, nint> Handles = [];
    private static bool s_loaded;
    private static bool s_patched;
    private static Action<string>? s_announceFetch;

    /// <summary>Threads of one operation, at least 1. Results may differ in their last bits between numbers of threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int Threads
    {
        get
        {
            Load();
            return torch.get_num_threads();
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Load();
            torch.set_num_threads(value);
        }
    }

    /// <summary>Sets the threads of one operation for the calling thread, and for threads to come, where libtorch is loaded.</summary>
    /// <param name="count">The number, at least 1.</param>
    /// <returns>Whether libtorch is loaded; where it is not, nothing is done.</returns>
    public static bool TryUseThreads(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (Gate)
        {
            if (!s_loaded)
            {
                return false;
            }
        }

        torch.set_num_threads(count);
        return true;
    }

    /// <summary>Lets <see cref="Load"/> fetch libtorch by <c>dotnet restore</c> where it is not on this machine. A program for people
    /// calls this; a library never fetches anything of its own accord.</summary>
    /// <param name="announce">Told in a sentence that it is being fetched.</param>
    public static void FetchWhenMissing(Action<string> announce)
    {
        ArgumentNullException.ThrowIfNull(announce);
        lock (Gate)
        {
            s_announceFetch = announce;
        }
    }

    /// <summary>Loads the native files, once; later calls do nothing.</summary>
    /// <exception cref="CertiPureException">A file is missing or cannot be loaded.</exception>
    public static void Load() => LoadAll(mayFetch: true);

    private static void LoadAll(bool mayFetch)
    {
        lock (Gate)
        {
            if (s_loaded)
            {
                return;
            }

            Files.Clear();
            OpenMpSettings.Apply();
            NativeFile libTorch = NativePackages.LibTorchFolder(mayFetch && s_announceFetch is not null ? Fetch : null);
            foreach ((string name, string file) in LibTorchFiles(libTorch.Path))
            {
                LoadFile(name, file, libTorch.Reason);
            }

            OneDnn.Avoid(Handles["torch_cpu"]);
            NativeFile torchSharp = NativePackages.TorchSharpFolder();
            string library = Path.Combine(torchSharp.Path, NativePackages.FileName(LibTorchSharp));
            s_patched = LibTorchSharpPatch.IsNeeded();
            if (s_patched)
            {
                string copy = LibTorchSharpPatch.PatchedCopy(library, UserCache.Folder);
                LoadFile(
                    LibTorchSharp,
                    copy,
                    $"this system's libstdc++ is older than {library} asks for, so a copy that does without is used");
            }
            else
            {
                LoadFile(LibTorchSharp, library, torchSharp.Reason);
            }

            _ = NativeLifetime.Prolong(Handles[LibTorchSharp]);

            // TorchSharp asks for its libraries by name. Linux finds loaded ones by their recorded name; others ask here.
            Assembly assembly = typeof(torch).Assembly;
            AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(assembly) ?? AssemblyLoadContext.Default;
            context.ResolvingUnmanagedDll += (_, name) => Handles.GetValueOrDefault(name);
            s_loaded = true;
        }
    }

    /// <summary>Loads what can be loaded and reports what came from where, or why it did not. Never throws, never fetches.</summary>
    public static LibTorchDescription Describe()
    {
        CertiPureException? failure = null;
        try
        {
            LoadAll(mayFetch: false);
        }
        catch (CertiPureException exception)
        {
            failure = exception;
        }

        bool loaded = failure is null;
        NativeFile[] files;
        lock (Gate)
        {
            files = [.. Files];
        }

        return new LibTorchDescription(
            loaded,
            failure,
            files,
            s_patched,
            loaded ? torch.__version__ : "",
            loaded ? torch.get_num_threads() : 0,
            Capability(),
            loaded && torch.cuda.is_available());
    }

    private static void Fetch(PackageFetch package)
    {
        s_announceFetch!($"Fetching {package.Id} {package.Version} into {package.Folder}, once: it takes minutes and 0.6 GB.");
        package.Run();
    }

    private static IEnumerable<(string Name, string File)> LibTorchFiles(string folder)
    {
        // Dependencies first. On Linux the file's own search path may miss libgomp, whose name carries a hash.
        foreach (string file in Directory.EnumerateFiles(folder, "libgomp*").Order(StringComparer.Ordinal))
        {
            yield return (Path.GetFileName(file), file);
        }

        foreach (string library in (string[])["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
        {
            string file = Path.Combine(folder, NativePackages.FileName(library));
            if (File.Exists(file))
            {
                yield return (library, file);
            }
        }
    }

    private static void LoadFile(string name, string path, string reason)
    {
        try
        {
            Handles[name] = NativeLibrary.Load(path);
            Files.Add(new NativeFile(path, reason));
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            string firstLine = exception.Message.Split('\n')[0].Trim();
            throw new CertiPureException(
                $"{path} cannot be loaded ({firstLine}): set {NativePackages.LibTorchVariable} to another libtorch 2.10.",
                exception,
                ErrorReason.LibTorchUnloadable);
        }
    }

    private static string Capability()
    {
        if (Avx512F.IsSupported)
        {
            string flags = OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo")
                ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? ""
                : "";
            return flags.Contains(" amx_bf16", StringComparison.Ordinal) ? "AVX512+AMX"
                : flags.Contains(" avx512_bf16", StringComparison.Ordinal) ? "AVX512+BF16"
                : "AVX512";
        }

        return Avx2.IsSupported ? "AVX2" : AdvSimd.IsSupported ? "NEON" : "baseline";
    }
}
