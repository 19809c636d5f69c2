namespace CertiPure.Architecture.Tests;

/// <summary>The repository that these tests were built in.</summary>
internal static class ProductSources
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
