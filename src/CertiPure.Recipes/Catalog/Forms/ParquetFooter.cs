using System.Buffers.Binary;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// Checks the metadata at the end of a Parquet file before Parquet.Net reads them: it takes no notice of where they end, and a damaged number
/// there sends it on for ever. They are one structure in Thrift's compact protocol, every part of which must lie within their bytes.
/// </summary>
internal static class ParquetFooter
{
    private const int MaxBytes = 256 << 20;
    private const int MaxDepth = 24;

    private enum Kind
    {
        Stop = 0,
        True = 1,
        False = 2,
        Byte = 3,
        Int16 = 4,
        Int32 = 5,
        Int64 = 6,
        Double = 7,
        Binary = 8,
        List = 9,
        Set = 10,
        Structure = 12,
    }

    /// <summary>Checks a file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidDataException">Its metadata are damaged.</exception>
    public static void Check(Stream file)
    {
        // The metadata, their length in four bytes, and the four letters that the file begins with too.
        Span<byte> end = stackalloc byte[8];
        if (file.Length < 12)
        {
            throw new InvalidDataException("it is cut off");
        }

        file.Position = file.Length - 8;
        file.ReadExactly(end);
        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (!end[4..].SequenceEqual("PAR1"u8) || length < 1 || length > Math.Min(MaxBytes, file.Length - 12))
        {
            throw new InvalidDataException("it is cut off, or its end is damaged");
        }

        var metadata = new byte[length];
        file.Position = file.Length - 8 - length;
        file.ReadExactly(metadata);
        file.Position = 0;
        var walk = new Walk(metadata);
        walk.Structure(0);
    }

    private ref struct Walk(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public void Structure(int depth)
        {
            if (depth > MaxDepth)
            {
                throw Damaged();
            }

            while (true)
            {
                byte head = Byte();
                var kind = (Kind)(head & 0x0F);
                if (head == (byte)Kind.Stop)
                {
                    return;
                }

                // The field's number: as the distance from the one before, or in full.
                if (head >> 4 == 0)
                {
                    Number();
                }

                if (kind is not (Kind.True or Kind.False))
                {
                    Value(kind, depth);
                }
            }
        }

        private void Value(Kind kind, int depth)
        {
            switch (kind)
            {
                case Kind.True or Kind.False or Kind.Byte:
                    Skip(1);
                    break;
                case Kind.Int16 or Kind.Int32 or Kind.Int64:
                    Number();
                    break;
                case Kind.Double:
                    Skip(8);
                    break;
                case Kind.Binary:
                    Skip(Number());
                    break;
                case Kind.List or Kind.Set:
                    List(depth);
                    break;
                case Kind.Structure:
                    Structure(depth + 1);
                    break;
                default:
                    throw Damaged();
            }
        }

        private void List(int depth)
        {
            byte head = Byte();
            ulong count = head >> 4 == 0x0F ? Number() : (ulong)(head >> 4);
            // Each element takes a byte at least.
            if (count > (ulong)_rest.Length)
            {
                throw Damaged();
            }

            for (ulong i = 0; i < count; i++)
            {
                Value((Kind)(head & 0x0F), depth + 1);
            }
        }

        private ulong Number()
        {
            ulong number = 0;
            for (int shift = 0; shift < 70; shift += 7)
            {
                byte part = Byte();
                number |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return number;
                }
            }

            throw Damaged();
        }

        private byte Byte()
        {
            byte first = _rest.IsEmpty ? throw Damaged() : _rest[0];
            _rest = _rest[1..];
            return first;
        }

        private void Skip(ulong count) => _rest = count <= (ulong)_rest.Length ? _rest[(int)count..] : throw Damaged();

        private static InvalidDataException Damaged() => new("its metadata are damaged");
    }
}
