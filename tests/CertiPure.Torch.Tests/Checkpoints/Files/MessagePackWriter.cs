using System.Buffers.Binary;
using System.Text;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>Writes msgpack as Flax does, independently of the reader under test.</summary>
internal static class MessagePackWriter
{
    /// <summary>Bytes that are written as they are.</summary>
    public sealed record Raw(params byte[] Bytes);

    /// <summary>An extension value.</summary>
    public sealed record Extension(byte Type, byte[] Payload);

    /// <summary>An array as Flax writes it.</summary>
    public static Extension Array(string type, long[] shape, byte[] bytes) =>
        new(1, Write(new object?[] { shape.Select(size => (object?)size).ToArray(), type, bytes }));

    public static byte[] Write(object? value)
    {
        using var stream = new MemoryStream();
        Write(stream, value);
        return stream.ToArray();
    }

    private static void Write(Stream stream, object? value)
    {
        switch (value)
        {
            case null: stream.WriteByte(0xC0); break;
            case bool boolean: stream.WriteByte(boolean ? (byte)0xC3 : (byte)0xC2); break;
            case int integer: Write(stream, (long)integer); break;
            case long integer and >= 0 and < 128: stream.WriteByte((byte)integer); break;
            case long integer: WriteHeader(stream, 0xD3, (ulong)integer, 8); break;
            case double number: WriteHeader(stream, 0xCB, BitConverter.DoubleToUInt64Bits(number), 8); break;
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                WriteHeader(stream, 0xD9, (ulong)utf8.Length, 1);
                stream.Write(utf8);
                break;
            case byte[] bytes:
                WriteHeader(stream, 0xC6, (ulong)bytes.Length, 4);
                stream.Write(bytes);
                break;
            case Raw raw: stream.Write(raw.Bytes); break;
            case Extension extension:
                WriteHeader(stream, 0xC9, (ulong)extension.Payload.Length, 4);
                stream.WriteByte(extension.Type);
                stream.Write(extension.Payload);
                break;
            case object?[] items:
                WriteHeader(stream, 0xDC, (ulong)items.Length, 2);
                foreach (object? item in items)
                {
                    Write(stream, item);
                }

                break;
            case (string, object?)[] entries:
                WriteHeader(stream, 0xDE, (ulong)entries.Length, 2);
                foreach ((string key, object? item) in entries)
                {
                    Write(stream, key);
                    Write(stream, item);
                }

                break;
            default: throw new ArgumentException($"{value.GetType()} has no msgpack here.", nameof(value));
        }
    }

    private static void WriteHeader(Stream stream, byte type, ulong value, int bytes)
    {
        stream.WriteByte(type);
        Span<byte> bigEndian = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian, value);
        stream.Write(bigEndian[(8 - bytes)..]);
    }
}
