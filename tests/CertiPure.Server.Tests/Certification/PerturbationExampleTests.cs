using CertiPure.Images;
using CertiPure.Server.Certification;

namespace CertiPure.Server.Tests.Certification;

public sealed class PerturbationExampleTests
{
    public static TheoryData<double> Radii { get; } = [0, 0.001, 0.0039, 0.05, 0.47, 1.2319, 3.811];

    [Theory]
    [MemberData(nameof(Radii))]
    public void A_change_spread_over_the_image_comes_as_close_to_the_radius_as_grey_levels_allow(double radius)
    {
        byte[] image = Random(784);
        byte[] changed = PerturbationExample.Spread(image, radius);
        double distance = PerturbationExample.Distance(image, changed);
        Assert.True(radius == 0 ? distance == 0 : distance < radius);
        // One more grey level in one value would go beyond: the gap is below (2 level + 1) / (2 * 255^2 * radius).
        double level = Math.Floor(radius * 255 / 28);
        Assert.True((radius * radius) - (distance * distance) <= ((2 * level) + 2) / (255 * 255.0));
        Assert.All(image.Zip(changed), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, level + 1));
    }

    [Theory]
    [MemberData(nameof(Radii))]
    public void A_gathered_change_stays_inside_the_radius_and_touches_few_values(double radius)
    {
        var shape = new ImageShape(1, 28, 28);
        byte[] image = Random(784);
        byte[] changed = PerturbationExample.Gathered(image, shape, radius);
        double distance = PerturbationExample.Distance(image, changed);
        Assert.True(radius == 0 ? distance == 0 : distance < radius && distance > radius - 0.0041);
        // A value can move by at least half the range, so the count is at most 4 radius^2 and the rounding's rest.
        Assert.InRange(image.Zip(changed).Count(pair => pair.First != pair.Second), 0, (4 * radius * radius) + 12);
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
