using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Torch.Metrics;

/// <summary>One array in NumPy's <c>.npy</c> format (NEP 1), as far as feature statistics need it: float32, float64 and int64
/// numbers and single strings, little-endian, in C or Fortran order.</summary>
internal sealed partial class NumpyArray
{
    // 16 million numbers are the covariance of 4,096 features; a file that asks for more is damaged or hostile.
    private const int MostElements = 1 << 24;

    private readonly string _type;
    private readonly byte[] _bytes;

    private NumpyArray(string type, int[] shape, byte[] bytes)
    {
        _type = type;
        Shape = shape;
        _bytes = bytes;
    }

    /// <summary>The dimensions, none for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>An array of float64.</summary>
    public static NumpyArray Of(int[] shape, double[] values)
    {
        var bytes = new byte[values.Length * sizeof(double)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        }

        return new NumpyArray("<f8", shape, bytes);
    }

    /// <summary>A string.</summary>
    public static NumpyArray Of(string text)
    {
        byte[] bytes = Encoding.UTF32.GetBytes(text);
        return new NumpyArray(string.Create(CultureInfo.InvariantCulture, $"<U{bytes.Length / 4}"), [], bytes);
    }

    /// <summary>Reads an array.</summary>
    /// <exception cref="InvalidDataException">It is another kind of array, or none.</exception>
    /// <exception cref="EndOfStreamException">It is truncated.</exception>
    public static NumpyArray Read(Stream stream)
    {
        NumpyHeader header = NumpyHeader.Read(stream);
        if (!Types().IsMatch(header.Type))
        {
            throw new InvalidDataException($"it is of the type {header.Type} where float32, float64, int64 or text is needed");
        }

        long size = Count(header.Shape) * ElementBytes(header.Type);
        if (size > (long)MostElements * sizeof(double))
        {
            throw new InvalidDataException("it is larger than any feature statistics");
        }

        var bytes = new byte[size];
        stream.ReadExactly(bytes);
        int[] shape = [.. header.Shape];
        return new NumpyArray(header.Type, shape, header.IsColumnMajor ? ToRowMajor(bytes, shape, (int)ElementBytes(header.Type)) : bytes);
    }

    /// <summary>The elements of an array whose first index runs fastest, in the order in which the last one does.</summary>
    private static byte[] ToRowMajor(byte[] bytes, int[] shape, int size)
    {
        var ordered = new byte[bytes.Length];
        var index = new int[shape.Length];
        for (int to = 0; to < bytes.Length; to += size)
        {
            int from = 0;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from = (from * shape[axis]) + index[axis];
            }

            bytes.AsSpan(from * size, size).CopyTo(ordered.AsSpan(to));
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return ordered;
    }

    /// <summary>Writes the array.</summary>
    public void Write(Stream stream)
    {
        new NumpyHeader(_type, IsColumnMajor: false, Shape).Write(stream);
        stream.Write(_bytes);
    }

    /// <summary>The elements as float64.</summary>
    /// <exception cref="InvalidDataException">It is text.</exception>
    public double[] Numbers()
    {
        int size = (int)ElementBytes(_type);
        var values = new double[_bytes.Length / Math.Max(1, size)];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = _bytes.AsSpan(i * size, size);
            values[i] = _type switch
            {
                "<f8" => BinaryPrimitives.ReadDoubleLittleEndian(element),
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(element),
                "<i8" => BinaryPrimitives.ReadInt64LittleEndian(element),
                _ => throw new InvalidDataException("an array holds text instead of numbers"),
            };
        }

        return values;
    }

    /// <summary>The string.</summary>
    /// <exception cref="InvalidDataException">It holds numbers.</exception>
    public string Text() => _type.StartsWith("<U", StringComparison.Ordinal)
        ? Encoding.UTF32.GetString(_bytes).TrimEnd('\0')
        : throw new InvalidDataException("an array holds numbers instead of text");

    private static long Count(IReadOnlyList<int> shape)
    {
        long count = 1;
        foreach (int length in shape)
        {
            count *= length;
            if (count > MostElements)
            {
                throw new InvalidDataException("it is larger than any feature statistics");
            }
        }

        return count;
    }

    private static long ElementBytes(string type) => type switch
    {
        "<f8" or "<i8" => 8,
        "<f4" => 4,
        _ => 4 * long.Parse(type.AsSpan(2), CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^(<f8|<f4|<i8|<U[0-9]{1,4})\z")]
    private static partial Regex Types();
}
