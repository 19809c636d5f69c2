using System.Diagnostics.CodeAnalysis;

namespace CertiPure.Torch.Checkpoints;

/// <summary>The type of a checkpoint tensor's elements, stored little-endian.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The members name these very types.")]
public enum ElementType
{
    /// <summary>One byte, 0 or 1.</summary>
    Boolean,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8,

    /// <summary>Signed, 8 bits.</summary>
    Int8,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16,

    /// <summary>Signed, 16 bits.</summary>
    Int16,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32,

    /// <summary>Signed, 32 bits.</summary>
    Int32,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64,

    /// <summary>Signed, 64 bits.</summary>
    Int64,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>The upper half of an IEEE 754 binary32.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,
}

/// <summary>What is known of each <see cref="ElementType"/>: its size, its kind and its name in safetensors.</summary>
public static class ElementTypes
{
    private static readonly Dictionary<string, ElementType> FromSafeTensors =
        Enum.GetValues<ElementType>().ToDictionary(SafeTensorsName, StringComparer.Ordinal);

    /// <summary>The bytes that one element takes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Boolean or ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.UInt32 or ElementType.Int32 or ElementType.Float32 => 4,
        _ => 8,
    };

    /// <summary>Whether the elements are floating-point numbers.</summary>
    public static bool IsFloatingPoint(this ElementType type) => type >= ElementType.Float16;

    /// <summary>The name of the type in a safetensors header, such as <c>F32</c>.</summary>
    public static string SafeTensorsName(this ElementType type) => type switch
    {
        ElementType.Boolean => "BOOL",
        ElementType.UInt8 => "U8",
        ElementType.Int8 => "I8",
        ElementType.UInt16 => "U16",
        ElementType.Int16 => "I16",
        ElementType.UInt32 => "U32",
        ElementType.Int32 => "I32",
        ElementType.UInt64 => "U64",
        ElementType.Int64 => "I64",
        ElementType.Float16 => "F16",
        ElementType.BFloat16 => "BF16",
        ElementType.Float32 => "F32",
        ElementType.Float64 => "F64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This element type has no name in safetensors."),
    };

    /// <summary>The type that a safetensors header names <paramref name="name"/>; false if there is none here.</summary>
    public static bool TryParseSafeTensors(string name, out ElementType type) =>
        FromSafeTensors.TryGetValue(name, out type);
}
