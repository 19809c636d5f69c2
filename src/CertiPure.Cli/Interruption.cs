using System.Runtime.InteropServices;

namespace CertiPure.Cli;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to stop at a resumable point and ends the process where it does not do so in time,
/// as when it loads a network or waits for a FIFO; the second ends the process at once.</summary>
internal sealed partial class Interruption : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly TimeSpan? _grace;
    private readonly Action _beforeEnd;

    /// <summary>Begins to listen.</summary>
    /// <param name="grace">How long the work may take to stop; null for as long as it takes.</param>
    /// <param name="beforeEnd">Says what is to be said before the process is ended.</param>
    public Interruption(TimeSpan? grace, Action beforeEnd)
    {
        _grace = grace;
        _beforeEnd = beforeEnd;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt),
        ];
    }

    /// <summary>Asks long work to stop at a resumable point.</summary>
    public CancellationToken Token => _asked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _asked.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        bool isFirst = !_asked.IsCancellationRequested;
        context.Cancel = isFirst;
        if (isFirst && _grace is { } grace)
        {
            // A thread of its own: the pool's may all be busy or blocked.
            new Thread(() => EndAfter(grace)) { IsBackground = true }.Start();
        }

        _asked.Cancel();
    }

    private void EndAfter(TimeSpan grace)
    {
        Thread.Sleep(grace);
        _beforeEnd();
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit((int)ExitCode.Interrupted);
        }

        // Environment.Exit would wait for the thread that does not stop.
        EndNow((int)ExitCode.Interrupted);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);
}
