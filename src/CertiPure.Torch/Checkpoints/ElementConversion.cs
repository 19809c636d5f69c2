using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace CertiPure.Torch.Checkpoints;

/// <summary>Conversion between the element types of a checkpoint and 32-bit floats.</summary>
internal static class ElementConversion
{
    /// <summary>Converts little-endian elements to 32-bit floats, to nearest.</summary>
    public static void ToSingles(ElementType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case ElementType.BFloat16:
                ReadOnlySpan<ushort> upperHalves = MemoryMarshal.Cast<byte, ushort>(source);
                for (int i = 0; i < upperHalves.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)upperHalves[i] << 16);
                }

                break;
            case ElementType.Float64: Convert<double>(source, destination); break;
            case ElementType.Int64: Convert<long>(source, destination); break;
            case ElementType.UInt64: Convert<ulong>(source, destination); break;
            case ElementType.Int32: Convert<int>(source, destination); break;
            case ElementType.UInt32: Convert<uint>(source, destination); break;
            case ElementType.Int16: Convert<short>(source, destination); break;
            case ElementType.UInt16: Convert<ushort>(source, destination); break;
            case ElementType.Int8: Convert<sbyte>(source, destination); break;
            default: Convert<byte>(source, destination); break;
        }
    }

    /// <summary>Converts 32-bit floats to another floating-point type, to nearest with ties to even.</summary>
    public static void FromSingles(ReadOnlySpan<float> source, ElementType type, Span<byte> destination)
    {
        switch (type)
        {
            case ElementType.Float16:
                TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));
                break;
            case ElementType.BFloat16:
                Span<ushort> upperHalves = MemoryMarshal.Cast<byte, ushort>(destination);
                for (int i = 0; i < source.Length; i++)
                {
                    upperHalves[i] = ToBFloat16(source[i]);
                }

                break;
            case ElementType.Float32:
                source.CopyTo(MemoryMarshal.Cast<byte, float>(destination));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Floats are written as Float16, BFloat16 or Float32.");
        }
    }

    private static ushort ToBFloat16(float value)
    {
        if (float.IsNaN(value))
        {
            return 0x7FC0;
        }

        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination)
        where T : unmanaged, System.Numerics.INumberBase<T> =>
        TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, T>(source), destination);
}
