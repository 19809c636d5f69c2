using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>
/// Finds the folders that hold libtorch and TorchSharp's own library: beside the program, or where restore put the two packages,
/// which the build writes into <c>CertiPure.Torch.packages</c> beside the program; the packages are also looked for in
/// <c>NUGET_PACKAGES</c> and in NuGet's default folder, so that a program that was moved still runs. The .NET tool knows ID and
/// version of libtorch's package alone, and may fetch it.
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
    /// <param name="fetch">Told which package is missing, brings it into the package folder; null where nothing may be
    /// fetched.</param>
    /// <exception cref="CertiPureException">No folder holds it.</exception>
    public static NativeFile LibTorchFolder(Action<PackageFetch>? fetch = null)
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

        string package = $"libtorch-cpu-{RuntimeIdentifier}";
        if (Find(package, FileName("torch_cpu"), out _) is { } found)
        {
            return found;
        }

        if (fetch is not null && Recorded(package) is { } recorded)
        {
            fetch(new PackageFetch(package, Path.GetFileName(recorded), PackageFolders[0].Folder));
        }

        return Find(package, FileName("torch_cpu"), out IReadOnlyList<string> looked) ?? throw new CertiPureException(
            $"{FileName("torch_cpu")} was not found in {string.Join(", ", looked)}: add the package {package} "
            + $"to your program, or set {LibTorchVariable} to a folder that holds libtorch.",
            ErrorReason.LibTorchMissing);
    }

    /// <summary>The folder that holds TorchSharp's own library, and why it was chosen.</summary>
    /// <exception cref="CertiPureException">No folder holds it.</exception>
    public static NativeFile TorchSharpFolder() =>
        Find("torchsharp", FileName("LibTorchSharp"), out IReadOnlyList<string> looked) ?? throw new CertiPureException(
            $"{FileName("LibTorchSharp")} was not found in {string.Join(", ", looked)}: restore the project's packages on this "
            + "machine.");

    private static NativeFile? Find(string package, string fileName, out IReadOnlyList<string> looked)
    {
        (string Folder, string Reason)[] candidates = [.. Candidates(package, Path.Combine("runtimes", RuntimeIdentifier, "native"))];
        looked = [.. candidates.Select(candidate => candidate.Folder)];
        return candidates.Where(candidate => File.Exists(Path.Combine(candidate.Folder, fileName)))
            .Select(candidate => new NativeFile(candidate.Folder, candidate.Reason))
            .FirstOrDefault();
    }

    private static IEnumerable<(string Folder, string Reason)> Candidates(string package, string native)
    {
        string program = AppContext.BaseDirectory;
        yield return (program, "it lies beside the program");
        yield return (Path.Combine(program, native), "it lies beside the program");
        if (Recorded(package) is not { } recorded)
        {
            yield break;
        }

        // Without a root it is ID/VERSION, and never a path below the current folder.
        if (Path.IsPathRooted(recorded))
        {
            yield return (Path.Combine(recorded, native), "the build recorded this package folder");
        }

        string versioned = Path.Combine(PackageId(recorded), Path.GetFileName(recorded));
        foreach ((string folder, string reason) in PackageFolders)
        {
            yield return (Path.Combine(folder, versioned, native), reason);
        }
    }

    /// <summary>What the build wrote down of a package: its folder, or <c>ID/VERSION</c>; null without a record.</summary>
    private static string? Recorded(string package)
    {
        string record = Path.Combine(AppContext.BaseDirectory, RecordName);
        return File.Exists(record) ? File.ReadLines(record).FirstOrDefault(line => PackageId(line) == package) : null;
    }

    /// <summary>NuGet's package folders, the first being where packages are fetched to.</summary>
    private static IReadOnlyList<(string Folder, string Reason)> PackageFolders
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            (string, string) usual = (Path.Combine(home, ".nuget", "packages"), "it is NuGet's default package folder");
            string? root = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
            return string.IsNullOrEmpty(root) ? [usual] : [(root, "NUGET_PACKAGES names this package folder"), usual];
        }
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

/// <summary>One native file that was loaded.</summary>
/// <param name="Path">Where it was loaded from.</param>
/// <param name="Reason">Why from there, in words for <c>certipure doctor</c>.</param>
public sealed record NativeFile(string Path, string Reason);
