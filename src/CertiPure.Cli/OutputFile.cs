namespace CertiPure.Cli;

/// <summary>A file that a verb writes: whole or not at all, and never over another one unless asked to. A device or FIFO is written
/// to without being asked.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a path that cannot be written as asked, before any work is done.</summary>
    /// <param name="path">The file to write later.</param>
    /// <param name="overwrite">Whether a file there may be replaced.</param>
    /// <exception cref="CertiPureException">The path is a folder, or a file that may not be replaced.</exception>
    public static void Refuse(string path, bool overwrite)
    {
        if (Directory.Exists(path))
        {
            throw new CertiPureException($"{path} is a folder; name a file.", ErrorReason.InvalidArgument);
        }

        if (OutputTarget.WouldReplace(path) && !overwrite)
        {
            throw new CertiPureException(
                $"{path} already exists; name another file.", ErrorReason.OutputExists);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; folders above it are made.</param>
    /// <param name="overwrite">Whether a file there may be replaced.</param>
    /// <param name="write">Writes the whole content to the path that it is given.</param>
    /// <exception cref="CertiPureException">The file cannot be written or may not be replaced.</exception>
    public static void Write(string path, bool overwrite, Action<string> write)
    {
        Refuse(path, overwrite);
        OutputTarget.Write(path, write);
    }
}
