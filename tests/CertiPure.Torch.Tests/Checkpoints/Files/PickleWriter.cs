using System.Buffers.Binary;
using System.Text;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>Writes pickles of protocol 2 (or, for bytes, 3) without a memo, independently of the reader under test.</summary>
internal static class PickleWriter
{
    public static byte[] Write(object? value, byte protocol = 2)
    {
        using var stream = new MemoryStream();
        stream.Write([0x80, protocol]);
        Write(stream, value);
        stream.WriteByte((byte)'.');
        return stream.ToArray();
    }

    private static void Write(Stream stream, object? value)
    {
        switch (value)
        {
            case null: stream.WriteByte((byte)'N'); break;
            case bool boolean: stream.WriteByte(boolean ? (byte)0x88 : (byte)0x89); break;
            case int integer: Write(stream, (long)integer); break;
            case long integer:
                stream.Write([0x8A, 8]);
                WriteLittleEndian(stream, integer, 8);
                break;
            case double number:
                stream.WriteByte((byte)'G');
                WriteLittleEndian(stream, BinaryPrimitives.ReverseEndianness(BitConverter.DoubleToInt64Bits(number)), 8);
                break;
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                stream.WriteByte((byte)'X');
                WriteLittleEndian(stream, utf8.Length, 4);
                stream.Write(utf8);
                break;
            case byte[] bytes:
                stream.WriteByte((byte)'B');
                WriteLittleEndian(stream, bytes.Length, 4);
                stream.Write(bytes);
                break;
            case Python.Raw raw: stream.Write(raw.Instructions); break;
            case Python.Global global: stream.Write(Encoding.UTF8.GetBytes($"c{global.Module}\n{global.Name}\n")); break;
            case Python.Tuple tuple: WriteMarked(stream, tuple.Items, 't'); break;
            case Python.List list: WriteMarked(stream, list.Items, 'l'); break;
            case Python.Dictionary dictionary:
                WriteMarked(stream, dictionary.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }), 'd');
                break;
            case Python.Persistent persistent:
                Write(stream, persistent.Id);
                stream.WriteByte((byte)'Q');
                break;
            case Python.Call call:
                Write(stream, call.Function);
                Write(stream, new Python.Tuple(call.Arguments));
                stream.WriteByte(call.IsNew ? (byte)0x81 : (byte)'R');
                if (call.State is not null)
                {
                    Write(stream, call.State);
                    stream.WriteByte((byte)'b');
                }

                break;
            default: throw new ArgumentException($"{value.GetType()} has no pickle here.", nameof(value));
        }
    }

    private static void WriteMarked(Stream stream, IEnumerable<object?> items, char instruction)
    {
        stream.WriteByte((byte)'(');
        foreach (object? item in items)
        {
            Write(stream, item);
        }

        stream.WriteByte((byte)instruction);
    }

    private static void WriteLittleEndian(Stream stream, long value, int bytes)
    {
        for (int i = 0; i < bytes; i++)
        {
            stream.WriteByte((byte)(value >> (8 * i)));
        }
    }
}
