namespace CertiPure.Smoothing;

/// <summary>A consumer in a lane of a queue, with who waits for it.</summary>
internal sealed class QueuedConsumer(DrawLane lane, DrawConsumer consumer, Action? progress)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal DrawLane Lane { get; } = lane;

    internal DrawConsumer Consumer { get; } = consumer;

    internal Action? Progress { get; } = progress;

    internal CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Whether labels are still wanted; guarded by the queue's lock.</summary>
    internal bool IsLive { get; set; } = true;

    internal Task Task => _completion.Task;

    internal void Complete()
    {
        Cancellation.Unregister();
        _completion.TrySetResult();
    }

    internal void Fail(Exception exception)
    {
        Cancellation.Unregister();
        _completion.TrySetException(exception);
    }

    internal void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);
}
