using System.Security.Cryptography;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Recipes.Catalog;

/// <summary>The SHA-256 of files, and of folders that hold a model.</summary>
internal static class FileHash
{
    /// <summary>The file's SHA-256, lower-case hexadecimal; a folder's is <see cref="Checkpoint.Sha256"/>.</summary>
    /// <exception cref="CertiPureException">The file cannot be read.</exception>
    public static string Of(string path)
    {
        if (Directory.Exists(path))
        {
            using Checkpoint checkpoint = CheckpointReader.Open(path);
            return checkpoint.Sha256();
        }

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
