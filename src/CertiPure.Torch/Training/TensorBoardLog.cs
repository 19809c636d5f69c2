using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace CertiPure.Torch.Training;

/// <summary>
/// Scalars as a TensorBoard event file: TFRecord frames (length, masked CRC-32C of the length, message, masked CRC-32C of
/// the message) around Event messages in protocol buffer form. TensorBoard reads all files of a folder as one run.
/// </summary>
public sealed class TensorBoardLog : IDisposable
{
    private const uint CrcMask = 0xA282EAD8;
    private readonly FileStream _file;
    private readonly TimeProvider _time;

    /// <summary>Begins a new event file; those of earlier sessions of the run stay.</summary>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <param name="time">The clock that events are stamped with.</param>
    public TensorBoardLog(string folder, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        string name = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"events.out.tfevents.{_time.GetUtcNow().ToUnixTimeMilliseconds()}.certipure");
        _file = new FileStream(Path.Combine(folder, name), FileMode.Append, FileAccess.Write, FileShare.Read);
        using MemoryStream message = Event(step: 0);
        WriteText(message, field: 3, "brain.Event:2");
        WriteRecord(message);
    }

    /// <summary>Writes scalars of one step, and flushes them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">Names and values.</param>
    public void Write(long step, params ReadOnlySpan<(string Tag, double Value)> values)
    {
        using var summary = new MemoryStream();
        Span<byte> single = stackalloc byte[4];
        foreach ((string tag, double scalar) in values)
        {
            using var value = new MemoryStream();
            WriteText(value, field: 1, tag);
            WriteTag(value, field: 2, wireType: 5);
            BinaryPrimitives.WriteSingleLittleEndian(single, (float)scalar);
            value.Write(single);
            WriteBytes(summary, field: 1, value.ToArray());
        }

        using MemoryStream message = Event(step);
        WriteBytes(message, field: 5, summary.ToArray());
        WriteRecord(message);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void WriteText(Stream stream, int field, string text) =>
        WriteBytes(stream, field, Encoding.UTF8.GetBytes(text));

    private static void WriteBytes(Stream stream, int field, byte[] bytes)
    {
        WriteTag(stream, field, wireType: 2);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteTag(Stream stream, int field, int wireType) => WriteVarint(stream, (ulong)((field << 3) | wireType));

    private static void WriteVarint(Stream stream, ulong value)
    {
        while (value >= 0x80)
        {
            stream.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        stream.WriteByte((byte)value);
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + CrcMask);
    }

    private MemoryStream Event(long step)
    {
        var message = new MemoryStream();
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(time, _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        WriteTag(message, field: 1, wireType: 1);
        message.Write(time);
        WriteTag(message, field: 2, wireType: 0);
        WriteVarint(message, (ulong)step);
        return message;
    }

    private void WriteRecord(MemoryStream message)
    {
        byte[] bytes = message.ToArray();
        Span<byte> length = stackalloc byte[8], crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)bytes.Length);
        _file.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc(length));
        _file.Write(crc);
        _file.Write(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc(bytes));
        _file.Write(crc);
        _file.Flush();
    }
}
