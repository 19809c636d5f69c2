using System.Collections.Concurrent;
using CertiPure.Images;
using CertiPure.Server.Contracts;

namespace CertiPure.Server.Models;

/// <summary>Measures what the images of a data set have in common, on a few hundred of them, once.</summary>
internal sealed class TypicalImages
{
    private const int Images = 300;

    /// <summary>The share of images left out at either end.</summary>
    private const double Tail = 0.01;

    private readonly ConcurrentDictionary<string, Lazy<Typical>> _known = new();

    public Typical Of(DataSetOffer set) => _known.GetOrAdd(set.Name, _ => new Lazy<Typical>(() => Measure(set.Source))).Value;

    private static Typical Measure(IImageSource source)
    {
        int count = Math.Min(Images, source.Count);
        var all = Enumerable.Range(0, count).Select(i => Features(source.Read((int)((long)i * source.Count / count)))).ToList();
        return new Typical(
            Range(all.Select(each => each.Brightness)), Range(all.Select(each => each.Contrast)), Range(all.Select(each => each.Border)));
    }

    private static (double Brightness, double Contrast, double Border) Features(LabeledImage image)
    {
        ReadOnlySpan<byte> bytes = image.Bytes.Span;
        (int height, int width) = (image.Shape.Height, image.Shape.Width);
        double sum = 0;
        double squares = 0;
        double border = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            double value = bytes[i] / 255.0;
            sum += value;
            squares += value * value;
            (int y, int x) = Math.DivRem(i % (height * width), width);
            if (y == 0 || x == 0 || y == height - 1 || x == width - 1)
            {
                border += value;
            }
        }

        double mean = sum / bytes.Length;
        int rim = image.Shape.Channels * ((2 * (height + width)) - 4);
        return (mean, Math.Sqrt(Math.Max(0, (squares / bytes.Length) - (mean * mean))), border / rim);
    }

    private static double[] Range(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int left = (int)(Tail * sorted.Length);
        return [sorted[left], sorted[^(left + 1)]];
    }
}
