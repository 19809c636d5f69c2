using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Images;

public sealed class LabeledImageTests
{
    private static readonly ImageShape Shape = new(1, 2, 2);

    [Fact]
    public void A_negative_id_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabeledImage(-1, null, Shape, new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabeledImage(0, null, Shape, new byte[4]) with { Id = -1 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void Bytes_that_do_not_fill_the_shape_are_refused(int length)
    {
        Assert.Contains(
            "An image of 1x2x2 has 4 bytes",
            Assert.Throws<ArgumentException>(() => new LabeledImage(0, null, Shape, new byte[length])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LabeledImage(0, null, Shape, new byte[4]) with { Bytes = new byte[length] });
    }

    [Fact]
    public void An_image_given_another_shape_alone_is_refused_before_it_is_certified()
    {
        LabeledImage image = new LabeledImage(0, null, Shape, new byte[4]) with { Shape = new ImageShape(1, 3, 3) };
        Assert.Throws<ArgumentException>(() => new Certification(image, 3, 0.5, new FixedPlan(), new NoiseSource(1)));
    }
}
