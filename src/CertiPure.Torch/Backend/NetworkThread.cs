namespace CertiPure.Torch.Backend;

/// <summary>
/// Runs work that calls networks on a thread that ends with it. OpenMP, with which libtorch spreads an operation over the
/// processor's cores, keeps a team of waiting threads for each thread that ever called it, for as long as that thread lives. Where
/// all teams together have more threads than there are cores, it lets them sleep at every barrier instead of waiting awake for a few
/// microseconds, and a forward pass of many small operations takes half as long again. So code that calls a network in passing (loads
/// it, checks it, makes a picture) does that here, and leaves the cores to the thread that certifies.
/// </summary>
public static class NetworkThread
{
    /// <summary>Runs the work and waits for it.</summary>
    /// <typeparam name="T">What it returns; tensors must not belong to one of its dispose scopes.</typeparam>
    /// <param name="work">The work, whose exceptions are thrown here.</param>
    /// <returns>What the work returns.</returns>
    public static T Run<T>(Func<T> work) => Start(work).GetAwaiter().GetResult();

    /// <summary>Runs the work and waits for it.</summary>
    /// <param name="work">The work, whose exceptions are thrown here.</param>
    public static void Run(Action work) => RunAsync(work).GetAwaiter().GetResult();

    /// <summary>Runs the work.</summary>
    /// <param name="work">The work.</param>
    /// <returns>Ends as the work does.</returns>
    public static Task RunAsync(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Start(() =>
        {
            work();
            return true;
        });
    }

    // The default scheduler gives a long-running task a thread of its own.
    private static Task<T> Start<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
