namespace CertiPure.Smoothing;

/// <summary>
/// One client's place in a <see cref="DrawQueue"/>: a run of the command line, a request of the web service. Within a lane
/// consumers are served first come, first served; lanes share every batch equally.
/// </summary>
public sealed class DrawLane
{
    private readonly DrawQueue _queue;

    internal DrawLane(DrawQueue queue) => _queue = queue;

    /// <summary>The lane's unfinished consumers in order of arrival; guarded by the queue's lock.</summary>
    internal List<QueuedConsumer> Consumers { get; } = [];

    /// <summary>Runs a consumer to its end.</summary>
    /// <param name="consumer">What wants draws; not run anywhere else.</param>
    /// <param name="progress">Called after every batch that held draws of the consumer, on the queue's thread: it must be
    /// quick.</param>
    /// <param name="cancellationToken">Frees the consumer's draws at once.</param>
    /// <returns>Completes when the consumer has finished.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, or the queue was disposed.</exception>
    /// <exception cref="CertiPureException">The image does not fit the base classifier, or the base classifier failed.</exception>
    public Task RunAsync(DrawConsumer consumer, Action? progress = null, CancellationToken cancellationToken = default) =>
        _queue.Enqueue(this, consumer, progress, cancellationToken);
}
