using System.Collections.Concurrent;

namespace CertiPure.Server.Models;

/// <summary>
/// Lets the base classifiers of several queues take turns on the one device they share, batch by batch, first come, first served: two
/// forward passes at once would only slow each other down. One thread makes all passes, because OpenMP keeps waiting threads for
/// each thread that calls it, and more of them than cores slow every pass down (<see cref="Torch.Backend.NetworkThread"/>).
/// </summary>
internal sealed class DeviceTurns : IDisposable
{
    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done, CancellationToken Gone)> _waiting = [];
    private readonly Thread _device;

    public DeviceTurns()
    {
        _device = new Thread(Serve) { IsBackground = true, Name = "CertiPure device" };
        _device.Start();
    }

    /// <summary>Runs the work in its turn and waits for it.</summary>
    /// <param name="work">The work, whose exceptions are thrown here.</param>
    public void Run(Action work) => RunAsync(work, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Runs the work in its turn.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Gives up the turn, as long as it has not come.</param>
    /// <returns>Ends as the work does; cancelled where the turn was given up.</returns>
    public Task RunAsync(Action work, CancellationToken cancellationToken)
    {
        // What follows the work is no business of the device's thread.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((work, done, cancellationToken), CancellationToken.None);
        return done.Task;
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
        foreach ((Action work, TaskCompletionSource done, CancellationToken gone) in _waiting.GetConsumingEnumerable())
        {
            if (gone.IsCancellationRequested)
            {
                done.SetCanceled(gone);
                continue;
            }

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
