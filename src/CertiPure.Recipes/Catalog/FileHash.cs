using System.Security.Cryptography;

namespace CertiPure.Recipes.Catalog;

/// <summary>The SHA-256 of files.</summary>
internal static class FileHash
{
    /// <summary>The file's SHA-256, lower-case hexadecimal.</summary>
    /// <exception cref="CertiPureException">The file cannot be read.</exception>
    public static string Of(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
