using CertiPure.Torch.Networks.Denoising;

namespace CertiPure.Torch.Tests.Networks;

public sealed class KarrasScheduleTests
{
    [Fact]
    public void Levels_descend_from_80_to_0_002()
    {
        IReadOnlyList<double> levels = KarrasSchedule.Cifar10.Levels;
        Assert.Equal(18, levels.Count);
        Assert.Equal(80, levels[0], 9);
        Assert.Equal(0.002, levels[^1], 9);
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.First > pair.Second));
    }

    [Theory]
    [InlineData(0.25, 0.5853)]
    [InlineData(0.5, 1.0882)]
    [InlineData(1.0, 1.9233)]
    public void The_nearest_level_is_the_published_codes(double sigma, double level)
    {
        KarrasSchedule schedule = KarrasSchedule.Cifar10;
        Assert.Equal(level, schedule.Levels[schedule.NearestIndex(2 * sigma)], 4);
    }

    // The figures of docs/method.md.
    [Theory]
    [InlineData(18, 0.28, 2)]
    [InlineData(151, 0.036, 3)]
    [InlineData(1281, 0.0043, 4)]
    public void Neighbours_lie_closest_at_the_top(int scales, double least, int digits)
    {
        var schedule = new KarrasSchedule(scales);
        Assert.Equal(least, schedule.LeastRelativeStep, digits);
        Assert.Equal((schedule.Levels[0] - schedule.Levels[1]) / schedule.Levels[0], schedule.LeastRelativeStep, 12);
    }

    [Fact]
    public void Impossible_schedules_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KarrasSchedule(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KarrasSchedule(18, minimum: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KarrasSchedule(18, minimum: 2, maximum: 1));
    }
}
