using System.Collections.Concurrent;

namespace CertiPure.Server.Models;

/// <summary>
/// Lets the base classifiers of several queues take turns on the one device they share, batch by batch, first come, first served: two
/// forward passes at once would only slow each other down. One thread makes all passes, because OpenMP keeps waiting threads for
/// each thread that calls it, and more of them than cores slow every pass down (<see cref="Torch.Backend.NetworkThread"/>).
/// </summary>
internal sealed class DeviceTurns : IDisposable
{
    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done)> _waiting = [];
    private readonly Thread _device;

    public DeviceTurns()
    {
        _device = new Thread(Serve) { IsBackground = true, Name = "CertiPure device" };
        _device.Start();
    }

    /// <summary>Runs the work in its turn and waits for it.</summary>
    /// <param name="work">The work, whose exceptions are thrown here.</param>
    public void Run(Action work)
    {
        var done = new TaskCompletionSource();
        _waiting.Add((work, done));
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Ends the thread after what waits; nobody may come any more.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _device.Join();
        _waiting.Dispose();
    }

    private void Serve()
    {
        foreach ((Action work, TaskCompletionSource done) in _waiting.GetConsumingEnumerable())
        {
            try
            {
                work();
                done.SetResult();
            }
#pragma warning disable CA1031 // Whose turn it was has to learn of it, and the others get theirs.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.SetException(exception);
            }
        }
    }
}
