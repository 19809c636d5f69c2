using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Finds the folders that hold libtorch and TorchSharp's own library. The build writes where restore put the two packages
/// into <c>CertiPure.Torch.packages</c> beside the program; the packages are also looked for in <c>NUGET_PACKAGES</c> and
/// in NuGet's default folder, so that a program that was moved still runs.
/// </summary>
internal static class NativePackages
{
    /// <summary>The environment variable that names a folder with another libtorch, e.g. an installed PyTorch's.</summary>
    public const string LibTorchVariable = "CERTIPURE_LIBTORCH";

    private const string RecordName = "CertiPure.Torch.packages";

    /// <summary>The file name of a native library on this platform: <c>libc10.so</c>, <c>c10.dll</c>.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{library}.dylib"
        : $"lib{library}.so";

    /// <summary>The folder that holds libtorch, and why it was chosen.</summary>
    /// <exception cref="CertiPureException">No folder holds it.</exception>
    public static NativeFile LibTorchFolder()
    {
        string? named = Environment.GetEnvironmentVariable(LibTorchVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(Path.Combine(named, FileName("torch_cpu")))
                ? new NativeFile(Path.GetFullPath(named), $"{LibTorchVariable} names this folder")
                : throw new CertiPureException(
                    $"{LibTorchVariable} names {named}, which has no {FileName("torch_cpu")}: point it at libtorch's lib "
                    + "folder or unset it.");
        }

        return Find("libtorch-cpu-", FileName("torch_cpu"));
    }

    /// <summary>The folder that holds TorchSharp's own library, and why it was chosen.</summary>
    /// <exception cref="CertiPureException">No folder holds it.</exception>
    public static NativeFile TorchSharpFolder() => Find("torchsharp", FileName("LibTorchSharp"));

    private static NativeFile Find(string package, string fileName)
    {
        string native = Path.Combine("runtimes", RuntimeIdentifier, "native");
        var looked = new List<string>();
        foreach ((string folder, string reason) in Candidates(package, native))
        {
            if (File.Exists(Path.Combine(folder, fileName)))
            {
                return new NativeFile(folder, reason);
            }

            looked.Add(folder);
        }

        throw new CertiPureException(
            $"{fileName} was not found in {string.Join(", ", looked)}: restore the project's packages on this machine, or "
            + $"set {LibTorchVariable} to a folder that holds libtorch.");
    }

    private static IEnumerable<(string Folder, string Reason)> Candidates(string package, string native)
    {
        string program = AppContext.BaseDirectory;
        yield return (program, "it lies beside the program");
        yield return (Path.Combine(program, native), "it lies beside the program");

        string record = Path.Combine(program, RecordName);
        string? recorded = File.Exists(record)
            ? File.ReadLines(record).FirstOrDefault(line => PackageId(line).StartsWith(package, StringComparison.Ordinal))
            : null;
        if (recorded is null)
        {
            yield break;
        }

        yield return (Path.Combine(recorded, native), "the build recorded this package folder");
        string versioned = Path.Combine(PackageId(recorded), Path.GetFileName(recorded));
        string? root = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        if (!string.IsNullOrEmpty(root))
        {
            yield return (Path.Combine(root, versioned, native), "NUGET_PACKAGES names this package folder");
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        yield return (
            Path.Combine(home, ".nuget", "packages", versioned, native),
            "it is NuGet's default package folder");
    }

    // A package's folder is ROOT/id/version.
    private static string PackageId(string folder) => Path.GetFileName(Path.GetDirectoryName(folder)) ?? "";

    private static string RuntimeIdentifier
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
            return $"{system}-{architecture}";
        }
    }
}
