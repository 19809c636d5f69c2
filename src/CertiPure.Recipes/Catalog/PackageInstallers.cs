using System.ComponentModel;
using System.Diagnostics;

namespace CertiPure.Recipes.Catalog;

/// <summary>The system's package manager.</summary>
public interface IPackageInstaller
{
    /// <summary>Whether this process may install packages.</summary>
    bool IsAvailable { get; }

    /// <summary>Installs a package.</summary>
    /// <param name="package">The package's name.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Whether the package manager says that it is installed.</returns>
    Task<bool> InstallAsync(string package, CancellationToken cancellation);
}

/// <summary>Debian's and Ubuntu's package manager, for root.</summary>
public sealed class AptPackageInstaller : IPackageInstaller
{
    private const string Apt = "/usr/bin/apt-get";

    /// <inheritdoc/>
    public bool IsAvailable => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists(Apt);

    /// <inheritdoc/>
    public async Task<bool> InstallAsync(string package, CancellationToken cancellation) =>
        await RunAsync(["install", "-y", "-qq", package], cancellation).ConfigureAwait(false)
        // A bare image has no package lists yet.
        || (await RunAsync(["update", "-qq"], cancellation).ConfigureAwait(false)
            && await RunAsync(["install", "-y", "-qq", package], cancellation).ConfigureAwait(false));

    private static async Task<bool> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Apt, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" },
        };
        try
        {
            using Process process = Process.Start(start)!;
            await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation))
                .ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
