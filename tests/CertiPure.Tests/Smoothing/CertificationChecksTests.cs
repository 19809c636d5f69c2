using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class CertificationChecksTests
{
    private static readonly ImageShape Shape = new(1, 2, 2);
    private static readonly int[] Ids = [.. Enumerable.Range(0, 60)];

    [Fact]
    public void What_fits_passes() => CertificationChecks.Fit(Source(3, true), Ids, Shape, 3);

    [Fact]
    public void Another_shape_is_refused() => AssertRefused("takes 3x2x2", Source(3, true), 3, new ImageShape(3, 2, 2));

    [Fact]
    public void Another_number_of_classes_is_refused() =>
        AssertRefused("has 3 classes, but the classifier knows 10", Source(3, true), 10, Shape);

    [Fact]
    public void A_label_beyond_the_classes_is_refused() => AssertRefused("Image 2 of x has label 2", new Unnamed(), 2, Shape);

    [Fact]
    public void Pixels_that_were_scaled_before_they_were_stored_are_refused()
    {
        ImageSet scaled = new("x", "test", Shape, Enumerable.Range(0, 240).Select(i => (byte)(i % 2)).ToArray(), null, []);
        CertiPureException error = Assert.Throws<CertiPureException>(() => CertificationChecks.PixelRange(scaled, Ids));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("60 images of x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_bright_pixel_is_enough_of_a_range()
    {
        byte[] pixels = new byte[240];
        pixels[^1] = 2;
        CertificationChecks.PixelRange(new ImageSet("x", "test", Shape, pixels, null, []), Ids);
    }

    private static ImageSet Source(int classes, bool labeled) =>
        new(
            "x",
            "test",
            Shape,
            Ids.SelectMany(id => Enumerable.Repeat((byte)(id % classes), 4)).ToArray(),
            labeled ? [.. Ids.Select(id => id % classes)] : null,
            labeled ? [.. Enumerable.Range(0, classes).Select(i => $"{i}")] : []);

    private static void AssertRefused(string says, IImageSource source, int classCount, ImageShape shape)
    {
        CertiPureException error = Assert.Throws<CertiPureException>(() => CertificationChecks.Fit(source, Ids, shape, classCount));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private sealed class Constant(ImageShape shape, int classCount, Func<float[], int> answer) : IClassifier
    {
        public ImageShape Shape => shape;

        public int ClassCount => classCount;

        public float[] Logits(ImageBatch images)
        {
            float[] logits = new float[images.Count * classCount];
            for (int i = 0; i < images.Count; i++)
            {
                logits[(i * classCount) + answer(images[i].ToArray())] = 1;
            }

            return logits;
        }
    }

    private sealed class Unnamed : IImageSource
    {
        public string Name => "x";

        public string? Split => null;

        public ImageShape Shape => CertificationChecksTests.Shape;

        public int Count => 60;

        public IReadOnlyList<string> ClassNames => [];

        public string PixelSha256 => "";

        public LabeledImage Read(int id) => new(id, id, Shape, new byte[4]);
    }
}
