using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CertiPure.Torch.Checkpoints;

/// <summary>What precedes the elements of an array in NumPy's <c>.npy</c> format (NEP 1).</summary>
/// <param name="Type">The elements' type as NumPy writes it, such as <c>|u1</c> or <c>&lt;f8</c>.</param>
/// <param name="IsColumnMajor">Whether the first index runs fastest (Fortran's order).</param>
/// <param name="Shape">The dimensions, none for a scalar.</param>
public sealed partial record NumpyHeader(string Type, bool IsColumnMajor, IReadOnlyList<int> Shape)
{
    private const int MaximumBytes = 1 << 16;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header; the elements follow in the stream.</summary>
    /// <param name="stream">The array from its first byte.</param>
    /// <exception cref="InvalidDataException">It is not the header of an array of one type.</exception>
    /// <exception cref="EndOfStreamException">It is truncated.</exception>
    public static NumpyHeader Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var start = new byte[8];
        stream.ReadExactly(start);
        if (!start.AsSpan().StartsWith(Magic) || start[6] is not (>= 1 and <= 3))
        {
            throw new InvalidDataException("it is not a NumPy array");
        }

        var length = new byte[start[6] == 1 ? 2 : 4];
        stream.ReadExactly(length);
        uint count = length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (count > MaximumBytes)
        {
            throw new InvalidDataException($"its header claims {count} bytes");
        }

        var text = new byte[count];
        stream.ReadExactly(text);
        Match match = Pattern().Match(Encoding.UTF8.GetString(text));
        return match.Success
            ? new NumpyHeader(match.Groups["type"].Value, match.Groups["order"].Value == "True", ReadShape(match.Groups["shape"].Value))
            : throw new InvalidDataException("its header is not understood");
    }

    /// <summary>Writes the header in version 1.0 of the format.</summary>
    /// <param name="stream">Where the elements follow.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        string dimensions = string.Concat(Shape.Select(length => length.ToString(CultureInfo.InvariantCulture) + ","));
        string text = $"{{'descr': '{Type}', 'fortran_order': {(IsColumnMajor ? "True" : "False")}, 'shape': ({dimensions}), }}";

        // The format asks that the elements start at a multiple of 64 and the header end in a line feed.
        const int Before = 10;
        int padded = (Before + text.Length + 1 + 63) / 64 * 64;
        text = text.PadRight(padded - Before - 1) + "\n";
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        stream.Write([.. Magic, 1, 0, .. length, .. Encoding.ASCII.GetBytes(text)]);
    }

    private static int[] ReadShape(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                ? length
                : throw new InvalidDataException($"it has the dimension {part}")),
    ];

    [GeneratedRegex(@"^\{\s*'descr':\s*'(?<type>[^']+)',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<shape>[0-9,\s]*)\),?\s*\}\s*$")]
    private static partial Regex Pattern();
}
