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
