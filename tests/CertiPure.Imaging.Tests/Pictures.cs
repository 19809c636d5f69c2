using CertiPure.Images;
using CertiPure.Reports;
using SkiaSharp;

namespace CertiPure.Imaging.Tests;

/// <summary>Small pictures and runs to draw.</summary>
internal static class Pictures
{
    public static LabeledImage Gradient(int channels, int height, int width)
    {
        var shape = new ImageShape(channels, height, width);
        return new LabeledImage(0, null, shape, Enumerable.Range(0, shape.Length).Select(i => (byte)(i * 7 % 256)).ToArray());
    }

    public static SKBitmap ToBitmap(byte[] png) => SKBitmap.Decode(png);

    /// <summary>A run whose radii fall evenly from the largest to 0, with every fourth image wrong.</summary>
    public static CertifiedRun Run(string name, double largest = 1, int images = 40) => new(
        name,
        null,
        [.. Enumerable.Range(0, images).Select(i =>
            new CertifiedImage(i, 1, i % 4 == 3 ? 2 : 1, largest * (i + 1) / images, 600, 0.5 + (0.01 * i))
            {
                Selected = i % 4 == 3 ? 2 : 1,
                SelectedShare = Math.Min(1, (0.3 + (largest / 5)) * (i + 20) / images),
            })],
        null,
        HasPrintedRadii: false);

    /// <summary>Counts the pixels of a picture that are close to a colour.</summary>
    public static int Count(SKBitmap bitmap, string color, SKRectI? within = null)
    {
        SKColor wanted = SKColor.Parse(color);
        SKRectI area = within ?? new SKRectI(0, 0, bitmap.Width, bitmap.Height);
        SKColor[] pixels = bitmap.Pixels;
        int count = 0;
        for (int y = area.Top; y < area.Bottom; y++)
        {
            for (int x = area.Left; x < area.Right; x++)
            {
                SKColor pixel = pixels[(y * bitmap.Width) + x];
                bool isClose = Math.Abs(pixel.Red - wanted.Red) + Math.Abs(pixel.Green - wanted.Green)
                    + Math.Abs(pixel.Blue - wanted.Blue) < 30;
                count += isClose ? 1 : 0;
            }
        }

        return count;
    }
}
