namespace CertiPure.Smoothing;

/// <summary>A consumer in a lane of a queue, with who waits for it. Whatever the consumer throws is kept here, so that it reaches who
/// waits for this consumer and nobody else. Guarded by the queue's lock.</summary>
internal sealed class QueuedConsumer(DrawLane lane, DrawConsumer consumer, Action? progress)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal DrawLane Lane { get; } = lane;

    internal DrawConsumer Consumer { get; } = consumer;

    internal Action? Progress { get; } = progress;

    internal CancellationTokenRegistration Cancellation { get; set; }

    /// <summary>Whether labels are still wanted.</summary>
    internal bool IsLive { get; set; } = true;

    /// <summary>Whether it has finished and left its lane.</summary>
    internal bool IsDone { get; set; }

    /// <summary>What the consumer, its image or its listener threw first; null for nothing.</summary>
    internal Exception? Failure { get; private set; }

    internal Task Task => _completion.Task;

    /// <summary>The draws that will surely be counted and that nobody has taken.</summary>
    internal int Waiting => Guard(() => Math.Max(0, Consumer.Needed - Consumer.Taken), 0);

    /// <summary>Whether there is any draw left, be it one that may turn out not to be needed.</summary>
    internal bool HasSpeculative => Guard(() => Consumer.Taken < Consumer.Limit, false);

    /// <summary>Whether it wants no further label.</summary>
    internal bool IsFinished => Guard(() => Consumer.IsFinished, false);

    internal Draw? Take(bool speculative) => Guard<Draw?>(() => Consumer.TryTake(speculative, out Draw draw) ? draw : null, null);

    internal void Receive(int label) => Guard(
        () =>
        {
            Consumer.Receive(label);
            return true;
        },
        false);

    /// <summary>Keeps the first failure.</summary>
    internal void Note(Exception exception) => Failure ??= exception;

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

    private T Guard<T>(Func<T> use, T otherwise)
    {
        if (Failure is not null)
        {
            return otherwise;
        }

        try
        {
            return use();
        }
#pragma warning disable CA1031 // Whatever it is, it is this consumer's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Note(exception);
            return otherwise;
        }
    }
}
