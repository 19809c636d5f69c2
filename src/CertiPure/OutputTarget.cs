using System.Runtime.InteropServices;

namespace CertiPure;

/// <summary>A path that a user names for output: a file is replaced whole or not at all, a symbolic link stays and its target is written, a
/// device or FIFO is written through and never replaced.</summary>
public static partial class OutputTarget
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Whether the path, or what its link leads to, is a device, FIFO or socket: content can be written to it, and it cannot be
    /// replaced.</summary>
    /// <param name="path">The path.</param>
    public static bool IsStream(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return !OperatingSystem.IsWindows() && TypeOf(path) is not (0 or RegularFile or Folder);
    }

    /// <summary>Whether the path, or what its link leads to, is a file that writing would replace.</summary>
    /// <param name="path">The path.</param>
    public static bool WouldReplace(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return File.Exists(Resolve(path)) && !IsStream(path);
    }

    /// <summary>Writes content to the path. What else is there is replaced without a question.</summary>
    /// <param name="path">The path; folders above it are made.</param>
    /// <param name="write">Writes the whole content to the new file that it is given, whose extension is that of the path.</param>
    /// <exception cref="CertiPureException">The path cannot be written.</exception>
    public static void Write(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        string? temporary = null;
        try
        {
            bool isStream = IsStream(path);
            string target = Resolve(path);
            string folder = isStream ? Path.GetTempPath() : Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            // The extension stays last: it tells some writers the format.
            temporary = Path.Combine(folder, $".{Path.GetFileNameWithoutExtension(target)}-{Guid.NewGuid():N}.partial{Path.GetExtension(target)}");
            write(temporary);
            if (isStream)
            {
                using FileStream content = File.OpenRead(temporary);
                using var stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                content.CopyTo(stream);
            }
            else
            {
                File.Move(temporary, target, overwrite: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be written: {error.Message}", error);
        }
        finally
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
        }
    }

    private static string Resolve(string path) => Path.GetFullPath(
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path);

    /// <summary>The type bits of a file's mode, 0 where there is no file.</summary>
    private static int TypeOf(string path)
    {
        // More than the runtime's own structure, whose first two numbers are flags and mode.
        Span<int> status = stackalloc int[64];
        return Stat(path, ref MemoryMarshal.GetReference(status)) == 0 ? status[1] & TypeMask : 0;
    }

    /// <summary>The runtime's own call, which has one layout on every Unix where that of libc differs.</summary>
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, ref int status);
}
