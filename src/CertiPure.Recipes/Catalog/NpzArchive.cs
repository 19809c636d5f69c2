using System.Globalization;
using System.IO.Compression;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Recipes.Catalog;

/// <summary>NumPy's <c>.npz</c>: a zip of arrays in the <c>.npy</c> format (NEP 1), of which whole numbers in C order are read.</summary>
internal static class NpzArchive
{
    /// <summary>Reads an array of bytes.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">The array's name.</param>
    /// <param name="row">The length of each row.</param>
    /// <param name="maximumRows">The most rows that are accepted.</param>
    /// <exception cref="CertiPureException">The archive or the array is damaged, or the array is another one.</exception>
    public static byte[] ReadBytes(string path, string name, int row, int maximumRows) => Read(path, name, (type, shape, stream) =>
    {
        if (type != "|u1" || shape is not [var rows, var length] || length != row || rows > maximumRows)
        {
            throw new InvalidDataException($"it is {type} {Show(shape)}, not |u1 [N, {row}]");
        }

        var bytes = new byte[rows * row];
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>Reads a vector of whole numbers.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">The array's name.</param>
    /// <param name="maximum">The most numbers that are accepted.</param>
    /// <exception cref="CertiPureException">The archive or the array is damaged, or the array is another one.</exception>
    public static int[] ReadIntegers(string path, string name, int maximum) => Read(path, name, (type, shape, stream) =>
    {
        int size = IntegerSize(type);
        if (size == 0 || shape is not [var count] || count > maximum)
        {
            throw new InvalidDataException($"it is {type} {Show(shape)}, not a vector of whole numbers");
        }

        var bytes = new byte[count * size];
        stream.ReadExactly(bytes);
        return Integers(type, bytes);
    });

    /// <summary>The names of the arrays; none for a zip archive of other things.</summary>
    /// <param name="path">The archive.</param>
    /// <exception cref="CertiPureException">The archive is damaged.</exception>
    public static IReadOnlyList<string> Names(string path)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            return [.. archive.Entries.Select(entry => entry.FullName)
                .Where(name => name.EndsWith(".npy", StringComparison.Ordinal))
                .Select(name => name[..^".npy".Length])];
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads an array of any type and shape.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">The array's name.</param>
    /// <returns>The type as NumPy writes it (<c>|u1</c>), the sizes, and the elements in C order.</returns>
    /// <exception cref="CertiPureException">The archive or the array is damaged, or too large.</exception>
    public static (string Type, int[] Sizes, byte[] Bytes) ReadArray(string path, string name) => Read(path, name, (type, shape, stream) =>
    {
        if (type.Length < 3 || !int.TryParse(type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int size))
        {
            throw new InvalidDataException($"its elements are of the type {type}");
        }

        long count = shape.Aggregate(1L, (product, length) => checked(product * length));
        if (count == 0 || checked(count * size) > Array.MaxLength)
        {
            throw new InvalidDataException($"it is {type} {Show(shape)}, which is empty or more than fits into memory");
        }

        // What a small file declares is believed only as far as its bytes go.
        using var content = new MemoryStream();
        var part = new byte[1 << 16];
        for (long left = count * size; left > 0;)
        {
            int read = stream.ReadAtLeast(part.AsSpan(0, (int)Math.Min(part.Length, left)), 1);
            content.Write(part, 0, read);
            left -= read;
        }

        return (type, shape, content.ToArray());
    });

    /// <summary>An array's elements as whole numbers.</summary>
    /// <param name="path">The archive, for messages.</param>
    /// <param name="name">The array's name, for messages.</param>
    /// <param name="type">The type as NumPy writes it.</param>
    /// <param name="bytes">The elements.</param>
    /// <exception cref="CertiPureException">They are not whole numbers, or exceed 32 bits.</exception>
    public static int[] ToIntegers(string path, string name, string type, byte[] bytes)
    {
        try
        {
            return IntegerSize(type) > 0 ? Integers(type, bytes) : throw new FormatException();
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new CertiPureException($"The array '{name}' of {path} is of type {type}, and whole numbers of 32 bits are needed.", error);
        }
    }

    private static int IntegerSize(string type) => type switch
    {
        "<i8" or "<u8" => 8,
        "<i4" or "<u4" => 4,
        "<i2" or "<u2" => 2,
        "|u1" or "|i1" or "|b1" => 1,
        _ => 0,
    };

    private static int[] Integers(string type, byte[] bytes)
    {
        int size = IntegerSize(type);
        return [.. Enumerable.Range(0, bytes.Length / size).Select(i => checked((int)(type switch
        {
            "<i8" => BitConverter.ToInt64(bytes, i * size),
            "<u8" => checked((long)BitConverter.ToUInt64(bytes, i * size)),
            "<i4" => BitConverter.ToInt32(bytes, i * size),
            "<u4" => BitConverter.ToUInt32(bytes, i * size),
            "<i2" => BitConverter.ToInt16(bytes, i * size),
            "<u2" => BitConverter.ToUInt16(bytes, i * size),
            "|i1" => unchecked((sbyte)bytes[i]),
            _ => bytes[i],
        })))];
    }

    private static T Read<T>(string path, string name, Func<string, int[], Stream, T> read)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry entry = archive.GetEntry(name + ".npy")
                ?? throw new InvalidDataException("the archive does not hold it");
            using Stream stream = entry.Open();
            NumpyHeader header = NumpyHeader.Read(stream);
            return header.IsColumnMajor && header.Shape.Count > 1
                ? throw new InvalidDataException("its first index runs fastest (Fortran's order), and C's order is read")
                : read(header.Type, [.. header.Shape], stream);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or OverflowException or FormatException)
        {
            throw new CertiPureException($"The array '{name}' of {path} cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static string Show(int[] shape) => $"[{string.Join(", ", shape)}]";
}
