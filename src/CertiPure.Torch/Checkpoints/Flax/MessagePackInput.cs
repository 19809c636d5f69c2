using System.Buffers.Binary;
using System.Text;

namespace CertiPure.Torch.Checkpoints.Flax;

/// <summary>Reads msgpack values in order from a range of bytes; every length is checked against what is left before it is believed.</summary>
internal sealed class MessagePackInput(ByteSource source)
{
    private const int MaxTextBytes = 4096;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The position of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>The bytes that are left.</summary>
    public long Remaining => source.Length - Position;

    /// <summary>The next value's first byte.</summary>
    public byte ReadByte() => Take(1)[0];

    /// <summary>An unsigned big-endian integer.</summary>
    public ulong ReadUnsigned(int bytes)
    {
        ulong value = 0;
        foreach (byte next in Take(bytes))
        {
            value = (value << 8) | next;
        }

        return value;
    }

    /// <summary>A signed big-endian integer.</summary>
    public long ReadSigned(int bytes)
    {
        int unused = 64 - (8 * bytes);
        return (long)(ReadUnsigned(bytes) << unused) >> unused;
    }

    /// <summary>A big-endian float of 4 or 8 bytes.</summary>
    public double ReadFloat(int bytes)
    {
        byte[] value = Take(bytes);
        return bytes == 4 ? BinaryPrimitives.ReadSingleBigEndian(value) : BinaryPrimitives.ReadDoubleBigEndian(value);
    }

    /// <summary>Text of a number of bytes.</summary>
    public string ReadText(ulong bytes)
    {
        if (bytes > MaxTextBytes)
        {
            throw Malformed($"has text of {bytes} bytes at byte {Position}, longer than any name");
        }

        try
        {
            return StrictUtf8.GetString(Take((int)bytes));
        }
        catch (DecoderFallbackException error)
        {
            throw Unreadable.Because(source.Path, $"text before byte {Position} is not UTF-8; it is damaged", error);
        }
    }

    /// <summary>The next bytes as a source of their own, left where they are.</summary>
    public ByteSource Slice(ulong length)
    {
        if (length > (ulong)Remaining)
        {
            throw Malformed($"claims {length} bytes at byte {Position} where only {Remaining} follow");
        }

        ByteSource slice = source.Slice(Position, (long)length);
        Position += (long)length;
        return slice;
    }

    /// <summary>A refusal of the file.</summary>
    public CertiPureException Malformed(string what) => Unreadable.Because(source.Path, $"it {what}; it is damaged or no Flax checkpoint");

    private byte[] Take(int count)
    {
        if (count > Remaining)
        {
            throw Unreadable.Because(source.Path, $"it ends at byte {source.Length} before it is complete; copy it again");
        }

        byte[] bytes = source.Read(Position, count);
        Position += count;
        return bytes;
    }
}
