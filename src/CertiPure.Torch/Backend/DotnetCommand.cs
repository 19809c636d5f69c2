using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>The <c>dotnet</c> command of the .NET that runs this program.</summary>
public static class DotnetCommand
{
    /// <summary>The command's path; null in a program that brings its own runtime.</summary>
    public static string? Path
    {
        get
        {
            // ROOT/shared/Microsoft.NETCore.App/VERSION/ holds the runtime, ROOT the command.
            string version = System.IO.Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
            string? shared = System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(version));
            if (shared is null || System.IO.Path.GetFileName(shared) != "shared")
            {
                return null;
            }

            string root = System.IO.Path.Combine(shared, "..");
            string command = System.IO.Path.GetFullPath(
                System.IO.Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
            return File.Exists(command) ? command : null;
        }
    }
}
