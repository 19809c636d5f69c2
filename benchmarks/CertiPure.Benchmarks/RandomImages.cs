using CertiPure.Images;

namespace CertiPure.Benchmarks;

/// <summary>Images of random pixels: speed and memory do not depend on what is in them.</summary>
internal static class RandomImages
{
    public static ImageSet Set(ImageShape shape, int count)
    {
        byte[] pixels = new byte[count * shape.Length];
        new Random(1).NextBytes(pixels);
        return new ImageSet("random", null, shape, pixels, null, []);
    }

    public static IEnumerable<LabeledImage> Endless(ImageShape shape)
    {
        var random = new Random(1);
        for (int id = 0; ; id++)
        {
            byte[] bytes = new byte[shape.Length];
            random.NextBytes(bytes);
            yield return new LabeledImage(id, null, shape, bytes);
        }
    }
}
