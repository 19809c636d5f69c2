using System.Buffers.Binary;
using System.Text;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>
/// The directory of a zip archive as PyTorch writes them: the tensors' files are stored uncompressed, each a range of the archive.
/// Encrypted, overlapping and repeated files are refused, and nothing is ever uncompressed, so that no zip bomb can go off.
/// Nothing is extracted either: names are only names.
/// </summary>
internal static class ZipDirectory
{
    private const int EndRecordBytes = 22;
    private const int MaxEntries = 1_000_000;
    private const int MaxDirectoryBytes = 1 << 28;

    /// <summary>The files of an archive by name.</summary>
    public static IReadOnlyDictionary<string, ZipEntry> Read(ByteSource archive)
    {
        (long offset, long length, long count) = FindDirectory(archive);
        if (count > MaxEntries || offset < 0 || length < 0 || length > MaxDirectoryBytes || offset > archive.Length - length)
        {
            throw Malformed(archive, "its zip directory lies outside of the file");
        }

        byte[] directory = archive.Read(offset, (int)length);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        int position = 0;
        for (long i = 0; i < count; i++)
        {
            ZipEntry entry = ReadEntry(archive, directory, ref position);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw Malformed(archive, $"its zip directory names '{entry.Name}' twice");
            }
        }

        if (position != directory.Length)
        {
            throw Malformed(archive, "its zip directory is longer than its entries");
        }

        CheckOverlaps(archive, entries.Values, offset);
        return entries;
    }

    private static (long Offset, long Length, long Count) FindDirectory(ByteSource archive)
    {
        // The end record is last but for a comment, which PyTorch never writes.
        long start = archive.Length - EndRecordBytes;
        byte[] end = start < 0 ? [] : archive.Read(start, EndRecordBytes);
        if (end.Length == 0 || UInt32(end, 0) != 0x06054B50)
        {
            throw Malformed(archive, "it does not end as a zip archive does; it was cut short, copy it again");
        }

        const int locatorBytes = 20;
        byte[] locator = start >= locatorBytes ? archive.Read(start - locatorBytes, locatorBytes) : new byte[locatorBytes];
        if (UInt32(locator, 0) != 0x07064B50)
        {
            return (UInt32(end, 16), UInt32(end, 12), UInt16(end, 10));
        }

        long offset64 = (long)UInt64(locator, 8);
        const int end64Bytes = 56;
        if (offset64 < 0 || offset64 > start - locatorBytes - end64Bytes)
        {
            throw Malformed(archive, "its zip directory lies outside of the file");
        }

        byte[] end64 = archive.Read(offset64, end64Bytes);
        return UInt32(end64, 0) == 0x06064B50
            ? ((long)UInt64(end64, 48), (long)UInt64(end64, 40), (long)UInt64(end64, 32))
            : throw Malformed(archive, "its 64-bit zip directory is not where it says");
    }

    private static ZipEntry ReadEntry(ByteSource archive, byte[] directory, ref int position)
    {
        const int fixedBytes = 46;
        if (position > directory.Length - fixedBytes || UInt32(directory, position) != 0x02014B50)
        {
            throw Malformed(archive, "its zip directory has fewer entries than it claims");
        }

        ReadOnlySpan<byte> record = directory.AsSpan(position);
        int nameBytes = UInt16(record, 28);
        int extraBytes = UInt16(record, 30);
        int total = fixedBytes + nameBytes + extraBytes + UInt16(record, 32);
        if (total > record.Length)
        {
            throw Malformed(archive, "an entry of its zip directory is cut short");
        }

        string name = Encoding.UTF8.GetString(record.Slice(fixedBytes, nameBytes));
        if ((UInt16(record, 8) & 1) != 0)
        {
            throw Malformed(archive, $"'{name}' in it is encrypted");
        }

        long compressed = UInt32(record, 20);
        long length = UInt32(record, 24);
        long offset = UInt32(record, 42);
        ReadZip64(archive, name, record.Slice(fixedBytes + nameBytes, extraBytes), ref length, ref compressed, ref offset);
        position += total;
        return Locate(archive, name, offset, compressed, isStored: UInt16(record, 10) == 0 && compressed == length);
    }

    // Sizes and offsets that do not fit 32 bits are in an extra field, in this order, those that are needed.
    private static void ReadZip64(
        ByteSource archive, string name, ReadOnlySpan<byte> extra, ref long length, ref long compressed, ref long offset)
    {
        ReadOnlySpan<byte> values = [];
        while (extra.Length >= 4)
        {
            int size = UInt16(extra, 2);
            if (size > extra.Length - 4)
            {
                break;
            }

            if (UInt16(extra, 0) == 1)
            {
                values = extra.Slice(4, size);
                break;
            }

            extra = extra[(4 + size)..];
        }

        Widen(ref length, ref values);
        Widen(ref compressed, ref values);
        Widen(ref offset, ref values);

        void Widen(ref long value, ref ReadOnlySpan<byte> values)
        {
            if (value != uint.MaxValue)
            {
                return;
            }

            if (values.Length < 8)
            {
                throw Malformed(archive, $"the 64-bit size of '{name}' in it is missing");
            }

            value = (long)UInt64(values, 0);
            values = values[8..];
        }
    }

    private static ZipEntry Locate(ByteSource archive, string name, long offset, long length, bool isStored)
    {
        const int fixedBytes = 30;
        if (offset < 0 || offset > archive.Length - fixedBytes)
        {
            throw Malformed(archive, $"'{name}' in it lies outside of the file");
        }

        byte[] header = archive.Read(offset, fixedBytes);
        if (UInt32(header, 0) != 0x04034B50)
        {
            throw Malformed(archive, $"'{name}' in it is not where the zip directory says");
        }

        long data = offset + fixedBytes + UInt16(header, 26) + UInt16(header, 28);
        return length >= 0 && data <= archive.Length && length <= archive.Length - data
            ? new ZipEntry(name, offset, data, length, isStored)
            : throw Malformed(archive, $"'{name}' in it claims {length} bytes, more than the file has");
    }

    private static void CheckOverlaps(ByteSource archive, IEnumerable<ZipEntry> entries, long directoryOffset)
    {
        ZipEntry? previous = null;
        foreach (ZipEntry entry in entries.OrderBy(entry => entry.HeaderOffset))
        {
            if (previous is not null && entry.HeaderOffset < previous.End)
            {
                throw Malformed(archive, $"'{entry.Name}' and '{previous.Name}' in it overlap");
            }

            previous = entry;
        }

        if (previous is not null && previous.End > directoryOffset)
        {
            throw Malformed(archive, $"'{previous.Name}' in it overlaps the zip directory");
        }
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static CertiPureException Malformed(ByteSource archive, string what) => Unreadable.Because(archive.Path, what);
}

/// <summary>A file of a zip archive: its name, where its bytes lie, and whether they are its content as it is.</summary>
internal sealed record ZipEntry(string Name, long HeaderOffset, long DataOffset, long Length, bool IsStored)
{
    /// <summary>The byte behind the last.</summary>
    public long End => DataOffset + Length;
}
