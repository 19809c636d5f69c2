namespace CertiPure.Cli.Tests.Progress;

public sealed class PlainProgressTests
{
    [Fact]
    public async Task A_line_comes_every_ten_seconds_and_at_the_end_with_rate_and_time_left()
    {
        using var error = new StringWriter();
        var clock = new SetClock();
        var terminal = new Terminal(TextWriter.Null, error, live: false, clock);

        await terminal.TrackAsync("certifying", "images", 20, 100, progress =>
        {
            for (int done = 21; done <= 100; done++)
            {
                clock.Now += TimeSpan.FromSeconds(0.5);
                progress.Report(done);
            }

            return Task.FromResult(0);
        });

        // 80 images at 2 images/s from the 20 of an earlier start.
        Assert.Equal(
            [
                "certifying: 40/100 images, 2.00 images/s, 0:00:30 left",
                "certifying: 60/100 images, 2.00 images/s, 0:00:20 left",
                "certifying: 80/100 images, 2.00 images/s, 0:00:10 left",
                "certifying: 100/100 images, 2.00 images/s in 0:00:40",
            ],
            error.ToString().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_note_stands_at_the_end_of_the_line()
    {
        using var error = new StringWriter();
        var clock = new SetClock();
        var terminal = new Terminal(TextWriter.Null, error, live: false, clock);
        await terminal.TrackAsync("training", "images", 0, 1_000_000, progress =>
        {
            clock.Now += TimeSpan.FromHours(1);
            progress.Report(500_000, "loss 0.188");
            return Task.FromResult(0);
        });
        Assert.Equal("training: 500,000/1,000,000 images, 139 images/s, 1:00:00 left, loss 0.188\n", error.ToString());
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
