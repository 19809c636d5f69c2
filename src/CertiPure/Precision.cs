namespace CertiPure;

/// <summary>The number format that a network computes in.</summary>
public enum Precision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>bfloat16 for weights and activations; normalisation parameters stay 32-bit floats where the device can mix the two.</summary>
    Bf16,

    /// <summary>16-bit floats of IEEE 754, for graphics cards: in exported ONNX files alone.</summary>
    Fp16,

    /// <summary>8-bit integers for weights and activations of the large layers, on ONNX Runtime.</summary>
#pragma warning disable CA1720 // The format's name in the field.
    Int8,
#pragma warning restore CA1720
}
