using CertiPure.Images;

namespace CertiPure.Tests.Images;

public sealed class ImageSetTests
{
    [Fact]
    public void A_single_image_has_id_0_and_no_label()
    {
        ImageSet set = ImageSet.Of("cat.png", new LabeledImage(0, null, new ImageShape(1, 1, 2), new byte[] { 1, 2 }));
        Assert.Equal((1, "cat.png", null), (set.Count, set.Name, set.Split));
        Assert.Equal([1, 2], set.Read(0).Bytes.ToArray());
        Assert.Equal((0, null), (set.Read(0).Id, set.Read(0).Label));
    }

    [Fact]
    public void Pixels_that_make_no_whole_image_are_refused()
    {
        Assert.Throws<CertiPureException>(() => new ImageSet("x", null, new ImageShape(1, 2, 2), new byte[5], null, []));
        Assert.Throws<CertiPureException>(() => new ImageSet("x", null, new ImageShape(0, 2, 2), new byte[4], null, []));
    }
}
