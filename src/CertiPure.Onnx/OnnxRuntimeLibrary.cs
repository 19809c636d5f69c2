using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace CertiPure.Onnx;

/// <summary>
/// ONNX Runtime's native library: the one that came with this program, which computes on the processor, or the one in the folder that
/// <see cref="FolderVariable"/> names, such as an unpacked package <c>Microsoft.ML.OnnxRuntime.Gpu.Linux</c> or the folder
/// of an installed <c>onnxruntime-gpu</c>.
/// </summary>
public static class OnnxRuntimeLibrary
{
    /// <summary>The environment variable that names a folder with another build of ONNX Runtime.</summary>
    public const string FolderVariable = "CERTIPURE_ONNXRUNTIME";

    private const string ImportName = "onnxruntime";
    private const string CudaProvider = "CUDAExecutionProvider";

    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime*.dylib"]
        : ["libonnxruntime.so", "libonnxruntime.so.*"];

    private static readonly Lazy<string?> Chosen = new(Choose);

    /// <summary>The file in the folder of <see cref="FolderVariable"/>; null where the program's own library is used. Decided once, before
    /// the first use.</summary>
    /// <exception cref="CertiPureException">The folder holds no ONNX Runtime.</exception>
    public static string? Path => Chosen.Value;

    /// <summary>The version, asked of the native library.</summary>
    /// <exception cref="CertiPureException">The folder of <see cref="FolderVariable"/> holds no ONNX Runtime.</exception>
    public static string Version
    {
        get
        {
            _ = Path;
            return OrtEnv.Instance().GetVersionString();
        }
    }

    /// <summary>How a session computes: one run after another in its caller's thread, without threads that wait busily.</summary>
    /// <param name="threads">Threads of one run, at least 1; null for one per processor.</param>
    /// <param name="graphicsCard">The number of the NVIDIA card to compute on; null for the processor.</param>
    /// <exception cref="CertiPureException">The library has no CUDA, or something that it needs is missing.</exception>
    public static SessionOptions Options(int? threads = null, int? graphicsCard = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        _ = Path;
        var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads ?? Environment.ProcessorCount,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            // Threads that wait for work would take the processors from those that have some.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            if (graphicsCard is { } card)
            {
                UseCuda(options, card);
            }

            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static void UseCuda(SessionOptions options, int card)
    {
        OrtEnv environment = OrtEnv.Instance();
        if (!environment.GetAvailableProviders().Contains(CudaProvider))
        {
            throw new CertiPureException(
                $"The device cuda:{card} cannot be used: this ONNX Runtime ({Path ?? "the one that came with the program"}) is built without "
                + $"CUDA. {FolderVariable} has to name the folder of a build for NVIDIA cards.");
        }

        // What goes wrong here is in the exception; ONNX Runtime would print its source lines as well.
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        try
        {
            options.AppendExecutionProvider_CUDA(card);
        }
        catch (OnnxRuntimeException error)
        {
            string[] missing = [.. MissingLibraries()];
            string reason = missing.Length > 0
                ? $"ONNX Runtime {Version} does not find {string.Join(" and ", missing)}"
                : error.Message.Split('\n')[0].Trim().TrimEnd('.');
            throw new CertiPureException($"The device cuda:{card} cannot be used: {reason}.", error);
        }
    }

    /// <summary>What the CUDA provider needs and the system's loader does not find. The loader names one library at a time.</summary>
    private static IEnumerable<string> MissingLibraries()
    {
        string driver = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(driver, out _))
        {
            yield return $"the NVIDIA driver ({driver})";
        }

        if (Path is { } file && MissingDependency(System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(file)!,
            OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so")) is { } library)
        {
            yield return $"the library {library} of CUDA or cuDNN";
        }
    }

    private static string? MissingDependency(string provider)
    {
        try
        {
            NativeLibrary.Load(provider);
            return null;
        }
        catch (DllNotFoundException error)
        {
            // glibc's words: "libcublasLt.so.13: cannot open shared object file: No such file or directory".
            int end = error.Message.IndexOf(": cannot open shared object file", StringComparison.Ordinal);
            return end < 0 ? null : error.Message[(error.Message.LastIndexOfAny([' ', '\n'], end) + 1)..end];
        }
    }

    private static string? Choose()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (string.IsNullOrEmpty(folder))
        {
            return null;
        }

        string file = Find(folder)
            ?? throw new CertiPureException($"{FolderVariable} names the folder {folder}, in which there is no {Names[0]}.");
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
        return file;

        nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
            System.IO.Path.GetFileNameWithoutExtension(name) == ImportName ? NativeLibrary.Load(file) : 0;
    }

    // An unpacked package has it in runtimes/PLATFORM/native, an installed onnxruntime-gpu in capi.
    private static string? Find(string folder)
    {
        string[] folders =
        [
            folder,
            System.IO.Path.Combine(folder, "capi"),
            System.IO.Path.Combine(folder, "lib"),
            System.IO.Path.Combine(folder, "runtimes", Platform, "native"),
        ];
        return folders.Where(Directory.Exists)
            .SelectMany(candidate => Names.SelectMany(name => Directory.EnumerateFiles(candidate, name).Order(StringComparer.Ordinal)))
            .FirstOrDefault();
    }

    private static string Platform => (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
}
