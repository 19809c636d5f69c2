namespace CertiPure.Images;

/// <summary>The shape of one image: channels first, as every network here expects it.</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>The number of values of one image, <c>Channels * Height * Width</c>.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>The shape as people write it: <c>3x32x32</c>.</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
