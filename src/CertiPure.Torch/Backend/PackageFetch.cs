using System.ComponentModel;
using System.Diagnostics;

namespace CertiPure.Torch.Backend;

/// <summary>Brings one NuGet package to this machine, by <c>dotnet restore</c>: with the sources, the proxy and the signature
/// checks that NuGet is configured with.</summary>
/// <param name="Id">The package's name.</param>
/// <param name="Version">Its version; exactly this one is fetched.</param>
/// <param name="Folder">The package folder that it goes to.</param>
internal sealed record PackageFetch(string Id, string Version, string Folder)
{
    /// <summary>Restores a project that needs nothing but the package.</summary>
    /// <exception cref="CertiPureException">There is no .NET SDK, or the package cannot be had.</exception>
    public void Run()
    {
        // Below the user's own folder: in a shared one, others could lay a NuGet.Config above it that names another source.
        string work = Path.Combine(Folder, $".fetch-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(work);
            string project = Path.Combine(work, "fetch.csproj");
            File.WriteAllText(project, Project());
            var start = new ProcessStartInfo(
                DotnetCommand.Path ?? "dotnet",
                [
                    "restore", project, "--packages", Folder, "--verbosity", "quiet", "-p:ImportDirectoryBuildProps=false",
                    "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false",
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = work,
            };
            using Process restore = Process.Start(start)!;
            Task<string> errors = restore.StandardError.ReadToEndAsync();
            string output = restore.StandardOutput.ReadToEnd();
            restore.WaitForExit();
            if (restore.ExitCode != 0)
            {
                throw Failed(FirstError(output + errors.GetAwaiter().GetResult()), null);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw Failed(exception.Message, exception);
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    private CertiPureException Failed(string reason, Exception? inner) => new(
        $"The package {Id} {Version} could not be fetched by dotnet restore ({reason}): check the .NET SDK and the network, or set "
        + $"{NativePackages.LibTorchVariable} to a folder that holds libtorch.",
        inner);

    private string Project() =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="{Id}" Version="[{Version}]" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>The first error of a build's output without the file that it names.</summary>
    private static string FirstError(string output)
    {
        string line = output.Split('\n').FirstOrDefault(each => each.Contains("error", StringComparison.Ordinal))?.Trim() ?? "no reason given";
        int error = line.IndexOf("error", StringComparison.Ordinal);
        int project = line.LastIndexOf(" [", StringComparison.Ordinal);
        return line[Math.Max(error, 0)..(project > error ? project : line.Length)].TrimEnd('.');
    }
}
