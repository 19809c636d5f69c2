namespace CertiPure.Server.Tests;

/// <summary>A clock whose timers go off when the test says so.</summary>
public sealed class JumpingTime : TimeProvider
{
    private readonly List<JumpingTimer> _timers = [];

    public void JumpToEveryTimer()
    {
        JumpingTimer[] timers;
        lock (_timers)
        {
            timers = [.. _timers];
        }

        foreach (JumpingTimer timer in timers)
        {
            timer.GoOff();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new JumpingTimer(() => callback(state));
        lock (_timers)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private sealed class JumpingTimer(Action callback) : ITimer
    {
        private bool _disposed;

        public void GoOff()
        {
            if (!_disposed)
            {
                callback();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
