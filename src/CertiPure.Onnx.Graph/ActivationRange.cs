namespace CertiPure.Onnx.Graph;

/// <summary>The range of activations that 8 bits have to hold.</summary>
/// <param name="Minimum">The least value.</param>
/// <param name="Maximum">The largest value.</param>
public readonly record struct ActivationRange(float Minimum, float Maximum)
{
    // Scales keep so many bits of their fraction. The last bits of what a processor computes must not decide them, or the same
    // calibration elsewhere would hardly ever give the same file.
    private const int FractionBits = 8;
    private const int Levels = 255;

    /// <summary>The distance of two levels. Levels cover the range and zero.</summary>
    public float Scale
    {
        get
        {
            double scale = (Math.Max(Maximum, 0.0) - Math.Min(Minimum, 0.0)) / Levels;
            if (!(scale > 0))
            {
                return 1;
            }

            double unit = Math.ScaleB(1, Math.ILogB(scale) - FractionBits);
            return (float)(Math.Ceiling(scale / unit) * unit);
        }
    }

    /// <summary>The level that means zero.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(Math.Round(-Math.Min(Minimum, 0.0) / Scale), 0, Levels);
}
