using CertiPure.Images;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>A purifier without a network: the mean of each pixel's neighbours within two rows and columns.</summary>
public sealed class BoxBlur : IPurifier
{
    public string Method => "edm";

    public int NetworkCalls(double sigma) => 1;

    public ImageBatch Purify(ImageBatch noisy, double sigma)
    {
        var purified = new ImageBatch(noisy.Shape, noisy.Count);
        for (int i = 0; i < noisy.Count; i++)
        {
            Blur(noisy[i], purified[i], noisy.Shape.Height, noisy.Shape.Width);
        }

        return purified;
    }

    private static void Blur(ReadOnlySpan<float> from, Span<float> to, int height, int width)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float sum = 0;
                int count = 0;
                for (int v = Math.Max(0, y - 2); v <= Math.Min(height - 1, y + 2); v++)
                {
                    for (int u = Math.Max(0, x - 2); u <= Math.Min(width - 1, x + 2); u++)
                    {
                        sum += from[(v * width) + u];
                        count++;
                    }
                }

                to[(y * width) + x] = sum / count;
            }
        }
    }
}
