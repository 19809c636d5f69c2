using CertiPure.Torch.Training;

namespace CertiPure.Torch.Tests.Training;

public sealed class TrainingThreadsTests
{
    private readonly SteppedTime _time = new();
    private readonly List<string> _announced = [];
    private int _used;

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(16, 1)]
    [InlineData(16, 8)]
    [InlineData(16, 16)]
    public void The_number_whose_steps_are_fastest_is_chosen(int most, int fastest)
    {
        TrainingThreads threads = Create(most);
        Step(threads, 30, count => 1 + Math.Abs(Math.Log2((double)count / fastest)));
        Assert.Equal(fastest, threads.Chosen);
        Assert.Equal(fastest, _used);
        Assert.Single(_announced);
    }

    [Fact]
    public void An_advantage_within_the_noise_changes_nothing()
    {
        TrainingThreads threads = Create(2);
        Step(threads, 30, count => count == 1 ? 1 : 1.04);
        Assert.Equal(2, threads.Chosen);
    }

    [Fact]
    public void The_choice_is_measured_again_after_some_minutes_and_its_change_is_announced()
    {
        TrainingThreads threads = Create(4);
        Step(threads, 30, count => 1.0 / count);
        Assert.Equal(4, threads.Chosen);

        // A competitor appears. Nothing changes until the measurement, and then by itself.
        Step(threads, 10, count => count);
        Assert.Equal(4, threads.Chosen);
        _time.Pass(TimeSpan.FromMinutes(5));
        Step(threads, 30, count => count);
        Assert.Equal(1, threads.Chosen);

        _time.Pass(TimeSpan.FromMinutes(5));
        Step(threads, 30, count => 1.0 / count);
        Assert.Equal(4, threads.Chosen);
        Assert.Equal(3, _announced.Count);
        Assert.Contains("now uses 1 thread instead of 4", _announced[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_unchanged_choice_is_not_announced_again()
    {
        TrainingThreads threads = Create(2);
        Step(threads, 30, count => 1.0 / count);
        _time.Pass(TimeSpan.FromMinutes(5));
        Step(threads, 30, count => 1.0 / count);
        Assert.Single(_announced);
    }

    [Fact]
    public void A_number_that_is_many_times_slower_gets_two_steps_and_no_more()
    {
        TrainingThreads threads = Create(2);
        int slow = 0;
        Step(threads, 30, count =>
        {
            slow += count == 2 ? 1 : 0;
            return count == 2 ? 30 : 1;
        });
        Assert.Equal(2, slow);
    }

    [Fact]
    public void The_first_step_of_a_number_is_not_counted()
    {
        TrainingThreads threads = Create(2);
        var seen = new HashSet<int>();
        Step(threads, 30, count => seen.Add(count) && count == 2 ? 100 : 1.0 / count);
        Assert.Equal(2, threads.Chosen);
    }

    [Fact]
    public void On_one_processor_there_is_nothing_to_measure()
    {
        TrainingThreads threads = Create(1);
        Step(threads, 10, _ => 1);
        Assert.Equal(1, threads.Chosen);
        Assert.Equal(0, _used);
        Assert.Empty(_announced);
    }

    private TrainingThreads Create(int most) => new(most, count => _used = count, _time) { Announce = _announced.Add };

    private void Step(TrainingThreads threads, int steps, Func<int, double> seconds)
    {
        for (int i = 0; i < steps; i++)
        {
            int result = threads.Run(() =>
            {
                _time.Pass(TimeSpan.FromSeconds(seconds(_used == 0 ? threads.Chosen : _used)));
                return 7;
            });
            Assert.Equal(7, result);
        }
    }

    /// <summary>A clock that passes when told to.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan span) => _ticks += span.Ticks;
    }
}
