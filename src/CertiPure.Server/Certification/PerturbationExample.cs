using CertiPure.Images;

namespace CertiPure.Server.Certification;

/// <summary>
/// 8-bit pictures at a certificate's distance from the image: as far as whole grey levels allow without exceeding it.
/// </summary>
internal static class PerturbationExample
{
    /// <summary>The change spread evenly: every value towards the middle of the range, by the same or one more grey level.</summary>
    /// <param name="image">The values 0 to 255.</param>
    /// <param name="radius">The L2 distance in pixel space [0,1].</param>
    public static byte[] Spread(ReadOnlySpan<byte> image, double radius)
    {
        long budget = Budget(radius);
        // Towards the middle there is always room for 127 levels, and no certificate at these noise levels reaches that far.
        int level = Math.Min(127, (int)Math.Sqrt((double)budget / image.Length));
        long left = budget - ((long)level * level * image.Length);
        long oneMore = level == 127 ? 0 : Math.Min(image.Length, left / ((2 * level) + 1));
        var changed = image.ToArray();
        for (int i = 0; i < changed.Length; i++)
        {
            // The values that get one more are spread over the image as evenly as whole numbers allow.
            bool more = (i + 1) * oneMore / image.Length > i * oneMore / image.Length;
            int change = more ? level + 1 : level;
            changed[i] = (byte)(changed[i] < 128 ? changed[i] + change : changed[i] - change);
        }

        return changed;
    }

    /// <summary>The change gathered in as few values as possible, from the image's middle outwards: each goes as far as it
    /// can.</summary>
    /// <param name="image">The values 0 to 255, <c>[C,H,W]</c>.</param>
    /// <param name="shape">The image's shape.</param>
    /// <param name="radius">The L2 distance in pixel space [0,1].</param>
    public static byte[] Gathered(ReadOnlySpan<byte> image, ImageShape shape, double radius)
    {
        long left = Budget(radius);
        var changed = image.ToArray();
        int plane = shape.Height * shape.Width;
        IEnumerable<int> fromTheMiddle = Enumerable.Range(0, plane).OrderBy(pixel => DistanceFromMiddle(pixel, shape));
        foreach (int pixel in fromTheMiddle)
        {
            for (int channel = 0; channel < shape.Channels && left > 0; channel++)
            {
                int i = (channel * plane) + pixel;
                int room = changed[i] < 128 ? 255 - changed[i] : changed[i];
                int change = Math.Min(room, (int)Math.Sqrt(left));
                left -= (long)change * change;
                changed[i] = (byte)(changed[i] < 128 ? changed[i] + change : changed[i] - change);
            }
        }

        return changed;
    }

    /// <summary>The L2 distance of two images in pixel space.</summary>
    public static double Distance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            long difference = a[i] - b[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum) / 255;
    }

    /// <summary>The largest change of one value, in grey levels.</summary>
    public static int LargestChange(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int largest = 0;
        for (int i = 0; i < a.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        }

        return largest;
    }

    /// <summary>The largest sum of squared grey levels strictly inside the radius.</summary>
    private static long Budget(double radius) => Math.Max(0, (long)Math.Ceiling(radius * radius * 255 * 255) - 1);

    private static double DistanceFromMiddle(int pixel, ImageShape shape)
    {
        double row = (pixel / shape.Width) - ((shape.Height - 1) / 2.0);
        double column = (pixel % shape.Width) - ((shape.Width - 1) / 2.0);
        return (row * row) + (column * column);
    }
}
