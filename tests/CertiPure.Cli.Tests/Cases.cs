namespace CertiPure.Cli.Tests;

/// <summary>Files of real people's kinds that lie outside of the project, in the folder that CERTIPURE_CASES names. Tests of them skip
/// where it is not set.</summary>
internal static class Cases
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CERTIPURE_CASES");

    /// <summary>Classifiers and the images that they know.</summary>
    public static string Classifiers => Path.Combine(Folder ?? "", "classifiers");

    /// <summary>Other files.</summary>
    public static string Files => Path.Combine(Folder ?? "", "files");

    /// <summary>Skips the running test where the cases are not here.</summary>
    public static void SkipWithout() => Assert.SkipUnless(Directory.Exists(Folder), "CERTIPURE_CASES names no folder of cases.");
}
