using System.Threading.Channels;

namespace CertiPure.Server.Certification;

/// <summary>
/// Carries progress from the queue's thread to a client: at most one report per interval, and a slow client gets the latest
/// instead of all of them.
/// </summary>
/// <typeparam name="T">What is reported.</typeparam>
internal sealed class LatestProgress<T>(TimeSpan interval, TimeProvider time)
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private long? _last;

    /// <summary>Reports, if it is time to. Called from one thread at a time.</summary>
    /// <param name="make">Makes the report; not called where none is due.</param>
    public void Report(Func<T> make)
    {
        if (_last is { } last && time.GetElapsedTime(last) < interval)
        {
            return;
        }

        _last = time.GetTimestamp();
        _channel.Writer.TryWrite(make());
    }

    /// <summary>Reports where the work ended, whether or not a report is due.</summary>
    public void ReportEnd(T last) => _channel.Writer.TryWrite(last);

    /// <summary>The reports until work ends, however it ends.</summary>
    public IAsyncEnumerable<T> ReadUntil(Task work)
    {
        work.ContinueWith(
            _ => _channel.Writer.TryComplete(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return _channel.Reader.ReadAllAsync();
    }
}
