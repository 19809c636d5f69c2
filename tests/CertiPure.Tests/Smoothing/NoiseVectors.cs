using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>The noise vectors of docs/formats.md, computed by an independent implementation with 70 digits.</summary>
public static class NoiseVectors
{
    public static TheoryData<NoiseVector> Cases =>
    [
        new NoiseVector(
            0x0, 0, NoisePhase.Selection, 0, NoiseKind.Normal, 1.0, 0,
            0x3F96BB4F, 0x3E88FDEB, 0xBEB4AC05, 0xBFE489AA,
            0xBEF0416E, 0xBF1B879B, 0xBE5B92BF, 0xBE3D0431),
        new NoiseVector(
            0x0, 0, NoisePhase.Estimation, 0, NoiseKind.Normal, 0.5, 128,
            0xBE5DD667, 0x3F2CA358, 0x3E86D437, 0x3F21F347,
            0x3F8402C4, 0x3EA84087, 0x3F2FA79D, 0x3F19449D),
        new NoiseVector(
            0x1, 9980, NoisePhase.Estimation, 9999, NoiseKind.Normal, 0.25, 255,
            0x3F6D4A9C, 0x3F4880BB, 0x3F23293B, 0x3FA8BB7C,
            0x3F5F2F0D, 0x3FC1FBC2, 0x3F853280, 0x3F8EBCFF),
        new NoiseVector(
            0xFEDCBA9876543210, 2147483647, NoisePhase.Prediction, 2147483647, NoiseKind.Normal, 1.0, 77,
            0x3D860C71, 0xBF62B85B, 0x3FD4CD32, 0x3F9A9348,
            0x3F1074B5, 0xBF2F0C66, 0x3F8919BE, 0xBEC52ABF),
        new NoiseVector(
            0x0, 0, NoisePhase.Estimation, 0, NoiseKind.Exact, 0.5, 128,
            0xBE5CDCDD, 0x3F2CACAD, 0x3E868687, 0x3F21A1A2,
            0x3F840404, 0x3EA8A8A9, 0x3F2FAFB0, 0x3F19999A),
        new NoiseVector(
            0xFEDCBA9876543210, 42, NoisePhase.Selection, 99, NoiseKind.Exact, 0.25, 0,
            0xBE70F0F1, 0x3C808081, 0x3DB0B0B1, 0x3E149495,
            0xBDC0C0C1, 0xBDB8B8B9, 0xBD20A0A1, 0xBCC0C0C1),
    ];
}
