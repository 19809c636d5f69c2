using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace CertiPure.Recipes.Catalog;

/// <summary>NumPy's <c>.npz</c>: a zip of arrays in the <c>.npy</c> format (NEP 1), of which whole numbers in C order are read.</summary>
internal static partial class NpzArchive
{
    private const int MaximumHeaderBytes = 1 << 16;

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
        int size = type switch
        {
            "<i8" => 8,
            "<i4" => 4,
            "<i2" or "<u2" => 2,
            "|u1" => 1,
            _ => 0,
        };
        if (size == 0 || shape is not [var count] || count > maximum)
        {
            throw new InvalidDataException($"it is {type} {Show(shape)}, not a vector of whole numbers");
        }

        var bytes = new byte[count * size];
        stream.ReadExactly(bytes);
        return Enumerable.Range(0, count).Select(i => checked((int)(size switch
        {
            8 => BitConverter.ToInt64(bytes, i * size),
            4 => BitConverter.ToInt32(bytes, i * size),
            2 => BitConverter.ToUInt16(bytes, i * size),
            _ => bytes[i],
        }))).ToArray();
    });

    private static T Read<T>(string path, string name, Func<string, int[], Stream, T> read)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry entry = archive.GetEntry(name + ".npy")
                ?? throw new InvalidDataException("the archive does not hold it");
            using Stream stream = entry.Open();
            (string type, int[] shape) = ReadHeader(stream);
            return read(type, shape, stream);
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

    private static (string Type, int[] Shape) ReadHeader(Stream stream)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        if (start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
        {
            throw new InvalidDataException("it is no .npy array");
        }

        var length = new byte[start[6] >= 2 ? 4 : 2];
        stream.ReadExactly(length);
        uint count = length.Length == 4 ? BitConverter.ToUInt32(length) : BitConverter.ToUInt16(length);
        if (count > MaximumHeaderBytes)
        {
            throw new InvalidDataException($"its header has {count} bytes");
        }

        var text = new byte[count];
        stream.ReadExactly(text);
        Match match = Header().Match(Encoding.ASCII.GetString(text));
        return match.Success
            ? (match.Groups["type"].Value,
                [.. match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(dimension => int.Parse(dimension, NumberStyles.None, CultureInfo.InvariantCulture))])
            : throw new InvalidDataException("its header is not understood");
    }

    private static string Show(int[] shape) => $"[{string.Join(", ", shape)}]";

    [GeneratedRegex(@"^\{'descr': '(?<type>[^']+)', 'fortran_order': False, 'shape': \((?<shape>[0-9, ]*)\), \}\s*$")]
    private static partial Regex Header();
}
