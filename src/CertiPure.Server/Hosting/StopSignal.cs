namespace CertiPure.Server.Hosting;

/// <summary>
/// How the service ends: from the first signal no new work is taken, running requests have the configured grace to finish, and
/// what is left then receives its progress.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _graceOver = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly ITimer _timer;

    public StopSignal(IHostApplicationLifetime lifetime, ServerOptions options, TimeProvider time)
    {
        _timer = time.CreateTimer(_ => _graceOver.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _registration = lifetime.ApplicationStopping.Register(() =>
        {
            IsStopping = true;
            _timer.Change(options.ShutdownGrace, Timeout.InfiniteTimeSpan);
        });
    }

    /// <summary>Whether the service takes no new work.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Cancelled when the grace is over.</summary>
    public CancellationToken GraceOver => _graceOver.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _timer.Dispose();
        _graceOver.Dispose();
    }
}
