namespace CertiPure.Images;

/// <summary>Whole files of bounded size, with the errors a user can act on.</summary>
internal static class DataFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">The size from which on it cannot be what it should be.</param>
    /// <exception cref="CertiPureException">It is missing, unreadable or too large.</exception>
    internal static byte[] Read(string path, long mostBytes)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > mostBytes)
            {
                throw new CertiPureException(
                    $"{path} has {stream.Length} bytes, more than the {mostBytes} that are accepted; it is not the file it should be.");
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertiPureException($"{path} does not exist.", e, ErrorReason.DataMissing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
