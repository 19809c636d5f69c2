using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace CertiPure.Torch.Checkpoints;

/// <summary>An open checkpoint file, or one in memory: random reads that are complete or an error, and the file's hash.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private readonly SafeFileHandle? handle;
    private readonly ReadOnlyMemory<byte> memory;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="CertiPureException">It is missing, a folder, or may not be read.</exception>
    public CheckpointFile(string path)
    {
        Path = path;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
            Length = RandomAccess.GetLength(handle);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable.Because(path, "there is no such file; check the path", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException
            or ArgumentException)
        {
            throw Unreadable.Because(path, $"it cannot be opened for reading ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Takes a file's content from memory.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="content">The bytes; not copied.</param>
    public CheckpointFile(string name, ReadOnlyMemory<byte> content)
    {
        Path = name;
        memory = content;
        Length = content.Length;
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (handle is null)
        {
            memory.Span.Slice((int)offset, destination.Length).CopyTo(destination);
            return;
        }

        while (destination.Length > 0)
        {
            int read;
            try
            {
                read = RandomAccess.Read(handle, destination, offset);
            }
            catch (IOException error)
            {
                throw Unreadable.Because(Path, $"reading at byte {offset} failed ({error.Message.TrimEnd('.')})", error);
            }

            if (read == 0)
            {
                throw Unreadable.Because(Path, $"it ends at byte {offset} where more was expected; copy it again");
            }

            offset += read;
            destination = destination[read..];
        }
    }

    /// <summary>The bytes from <paramref name="offset"/> on, <paramref name="count"/> of them.</summary>
    public byte[] Read(long offset, int count)
    {
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>The SHA-256 of the whole file, in lower-case hexadecimal.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(Length, 1 << 20)];
        for (long offset = 0; offset < Length; offset += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - offset));
            Read(offset, part);
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => handle?.Dispose();
}
