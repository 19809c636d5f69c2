namespace CertiPure.Server.Models;

/// <summary>
/// Lets the base classifiers of several queues take turns on the one device they share, batch by batch, first come, first
/// served: two forward passes at once would only slow each other down, and a lock without order could starve one of them.
/// </summary>
internal sealed class DeviceTurns
{
    private readonly object _lock = new();
    private long _next;
    private long _serving;

    public void Run(Action work)
    {
        lock (_lock)
        {
            long ticket = _next++;
            while (_serving != ticket)
            {
                Monitor.Wait(_lock);
            }
        }

        try
        {
            work();
        }
        finally
        {
            lock (_lock)
            {
                _serving++;
                Monitor.PulseAll(_lock);
            }
        }
    }
}
