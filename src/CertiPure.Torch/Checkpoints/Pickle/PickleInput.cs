using System.Buffers.Binary;
using System.Text;

namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>Reads a pickle's bytes in order, a buffer at a time, never past the end and never more than was asked for.</summary>
internal sealed class PickleInput(ByteSource source, long start, PickleBudget budget)
{
    private const int MaxLineBytes = 4096;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly byte[] buffer = new byte[(int)Math.Clamp(source.Length - start, 0, 1 << 14)];
    private long bufferStart = start;
    private int bufferLength;
    private int bufferPosition;

    /// <summary>The position of the next byte in the source.</summary>
    public long Position => bufferStart + bufferPosition;

    /// <summary>The file, for messages.</summary>
    public string Path => source.Path;

    public byte ReadByte()
    {
        if (bufferPosition == bufferLength)
        {
            Refill();
        }

        return buffer[bufferPosition++];
    }

    public ushort ReadUInt16() => (ushort)ReadLittleEndian(2);

    public int ReadInt32() => (int)ReadLittleEndian(4);

    public uint ReadUInt32() => (uint)ReadLittleEndian(4);

    public ulong ReadUInt64() => ReadLittleEndian(8);

    public double ReadDoubleBigEndian() =>
        BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(ReadUInt64()));

    /// <summary>Text up to the next line feed, without it.</summary>
    public string ReadLine()
    {
        var bytes = new List<byte>();
        for (byte next = ReadByte(); next != '\n'; next = ReadByte())
        {
            if (bytes.Count == MaxLineBytes)
            {
                throw Unreadable.Because(Path, $"a line of its pickle has more than {MaxLineBytes} bytes before byte {Position}");
            }

            bytes.Add(next);
        }

        budget.TakeText(bytes.Count);
        return Decode([.. bytes], StrictUtf8);
    }

    /// <summary>Text of a number of bytes: UTF-8, or one byte a character for Python 2's strings.</summary>
    public string ReadText(ulong bytes, bool latin1 = false)
    {
        budget.TakeText((long)Math.Min(bytes, PickleBudget.MaxTextBytes + 1));
        return Decode(ReadBytes((int)bytes), latin1 ? Encoding.Latin1 : StrictUtf8);
    }

    /// <summary>A number of bytes, at most 2^31 - 1, which the caller has bounded.</summary>
    public byte[] ReadBytes(int count)
    {
        byte[] bytes = Slice((ulong)count).Read(0, count);
        return bytes;
    }

    /// <summary>The next bytes as a source of their own, left where they are.</summary>
    public ByteSource Slice(ulong length)
    {
        long position = Position;
        if (length > (ulong)(source.Length - position))
        {
            throw Unreadable.Because(Path,
                $"its pickle claims {length} bytes at byte {position} but only {source.Length - position} follow; copy it again");
        }

        ByteSource slice = source.Slice(position, (long)length);
        Seek(position + (long)length);
        return slice;
    }

    private void Seek(long position)
    {
        if (position - bufferStart <= bufferLength)
        {
            bufferPosition = (int)(position - bufferStart);
            return;
        }

        bufferStart = position;
        bufferLength = 0;
        bufferPosition = 0;
    }

    private ulong ReadLittleEndian(int bytes)
    {
        ulong value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (ulong)ReadByte() << (8 * i);
        }

        return value;
    }

    private string Decode(byte[] bytes, Encoding encoding)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw Unreadable.Because(Path, $"text of its pickle before byte {Position} is not UTF-8; it is damaged", error);
        }
    }

    private void Refill()
    {
        bufferStart += bufferLength;
        bufferPosition = 0;
        bufferLength = (int)Math.Min(buffer.Length, source.Length - bufferStart);
        if (bufferLength <= 0)
        {
            bufferLength = 0;
            throw Unreadable.Because(Path, $"its pickle ends at byte {bufferStart} before it is complete; copy it again");
        }

        source.Read(bufferStart, buffer.AsSpan(0, bufferLength));
    }
}
