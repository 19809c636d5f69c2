namespace CertiPure.Smoothing;

/// <summary>The lanes of a <see cref="DrawQueue"/> that have consumers, and whose draws come next. Guarded by the queue's
/// lock.</summary>
internal sealed class LaneRotation
{
    private readonly List<DrawLane> _lanes = [];
    private int _last = -1;

    /// <summary>The number of consumers.</summary>
    internal int Consumers => _lanes.Sum(lane => lane.Consumers.Count);

    /// <summary>The draws that will surely be counted and that nobody has taken.</summary>
    internal long Waiting => _lanes.Sum(lane => lane.Consumers.Sum(queued => (long)queued.Waiting));

    /// <summary>Whether there is any draw left, be it one that may turn out not to be needed.</summary>
    internal bool HasSpeculative =>
        _lanes.Any(lane => lane.Consumers.Any(queued => queued.HasSpeculative));

    /// <summary>Whether so many draws that will surely be counted are left.</summary>
    /// <param name="draws">The number, above 0.</param>
    internal bool HasWaiting(int draws)
    {
        long waiting = 0;
        foreach (DrawLane lane in _lanes)
        {
            foreach (QueuedConsumer queued in lane.Consumers)
            {
                waiting += queued.Waiting;
                if (waiting >= draws)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Puts a consumer at the end of its lane.</summary>
    internal void Add(QueuedConsumer queued)
    {
        if (queued.Lane.Consumers.Count == 0)
        {
            _lanes.Add(queued.Lane);
        }

        queued.Lane.Consumers.Add(queued);
    }

    /// <summary>Takes a consumer out; its labels are no longer wanted.</summary>
    internal void Remove(QueuedConsumer queued)
    {
        queued.IsLive = false;
        queued.Lane.Consumers.Remove(queued);
        if (queued.Lane.Consumers.Count == 0)
        {
            int index = _lanes.IndexOf(queued.Lane);
            _lanes.RemoveAt(index);
            if (index <= _last)
            {
                _last--;
            }
        }
    }

    /// <summary>Takes all consumers out.</summary>
    /// <returns>Those that were in.</returns>
    internal List<QueuedConsumer> RemoveAll() => RemoveWhere(_ => true);

    /// <summary>Takes out the consumers that have failed.</summary>
    /// <returns>Those that had.</returns>
    internal List<QueuedConsumer> RemoveFailed() => RemoveWhere(queued => queued.Failure is not null);

    private List<QueuedConsumer> RemoveWhere(Func<QueuedConsumer, bool> isRemoved)
    {
        List<QueuedConsumer> removed = [.. _lanes.SelectMany(lane => lane.Consumers).Where(isRemoved)];
        removed.ForEach(Remove);
        return removed;
    }

    /// <summary>Fills a batch, with draws that will surely be counted first.</summary>
    internal void Take(DrawBatch batch)
    {
        Take(batch, speculative: false);
        if (!batch.IsFull)
        {
            Take(batch, speculative: true);
        }
    }

    /// <summary>Goes round the lanes, each getting its equal share of what is left, until the batch is full or nobody has
    /// more; the next batch goes on where this one ended, so that remainders even out.</summary>
    private void Take(DrawBatch batch, bool speculative)
    {
        bool progress = true;
        while (!batch.IsFull && progress)
        {
            progress = false;
            int share = Math.Max(1, batch.Room / _lanes.Count);
            for (int i = 0; i < _lanes.Count && !batch.IsFull; i++)
            {
                _last = (_last + 1) % _lanes.Count;
                progress |= Take(batch, _lanes[_last], Math.Min(share, batch.Room), speculative);
            }
        }
    }

    private static bool Take(DrawBatch batch, DrawLane lane, int share, bool speculative)
    {
        int taken = 0;
        foreach (QueuedConsumer queued in lane.Consumers)
        {
            while (taken < share && queued.Take(speculative) is { } draw)
            {
                batch.Add(queued, draw);
                taken++;
            }
        }

        return taken > 0;
    }
}

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
