using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>
/// Fills the batches of one base classifier with draws of many consumers: images of a run, clients of a service, staged plans
/// that finish early. One or more workers call the base classifier, each on full batches of its own. Batches have one fixed size,
/// padded where draws run out, an image's label depends on its own draws alone, and labels are counted in the order in which their
/// draws were taken: so certificates depend neither on who shares a batch nor on the number of workers.
/// </summary>
#pragma warning disable CA1711 // It is a queue of draws, though no collection.
public sealed class DrawQueue : IDisposable
#pragma warning restore CA1711
{
    private readonly object _lock = new();
    private readonly IBaseClassifier _classifier;
    private readonly LaneRotation _lanes = new();
    private readonly Queue<DrawBatch> _filled = new();
    private readonly Stack<ImageBatch> _free = new();
    private readonly Dictionary<long, DrawBatch> _classified = [];
    private readonly List<Thread> _threads = [];
    private long _taken;
    private long _delivered;
    private int _running;
    private bool _isDelivering;
    private bool _disposed;
    private Exception? _failure;
    private long _batchCount;
    private long _drawCount;
    private long _discarded;
    private long _padding;

    /// <summary>Starts the queue of a base classifier.</summary>
    /// <param name="classifier">The base classifier; the queue is the only one to call it and does not dispose it.</param>
    /// <param name="workers">Who calls it; null for one worker, and a thread that draws the noise of its next batch meanwhile.</param>
    public DrawQueue(IBaseClassifier classifier, DrawWorkers? workers = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        _classifier = classifier;
        Workers = workers ?? new DrawWorkers();
        for (int i = 0; i < Workers.Count + Workers.NoiseThreads; i++)
        {
            _free.Push(new ImageBatch(classifier.Shape, classifier.BatchSize));
            bool isWorker = i < Workers.Count;
            _threads.Add(new Thread(isWorker ? Run : Fill)
            {
                IsBackground = true,
                Name = isWorker ? "CertiPure worker" : "CertiPure noise",
            });
        }

        _threads.ForEach(thread => thread.Start());
    }

    /// <summary>The base classifier.</summary>
    public IBaseClassifier Classifier => _classifier;

    /// <summary>Who calls the base classifier.</summary>
    public DrawWorkers Workers { get; }

    /// <summary>Whether the base classifier has failed, and with it the queue: it takes nobody any more.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_lock)
            {
                return _failure is not null;
            }
        }
    }

    /// <summary>What the queue has done so far.</summary>
    public DrawQueueStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new DrawQueueStatistics(
                    _batchCount,
                    _drawCount,
                    _discarded,
                    _padding,
                    _lanes.Consumers,
                    _lanes.Waiting);
            }
        }
    }

    /// <summary>Opens a lane for one client. It needs no closing: without consumers it costs nothing.</summary>
    public DrawLane OpenLane() => new(this);

    /// <summary>Stops after the batches in flight; what is unfinished is cancelled.</summary>
    public void Dispose()
    {
        List<QueuedConsumer> unfinished;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            unfinished = _lanes.RemoveAll();
            Monitor.PulseAll(_lock);
        }

        foreach (QueuedConsumer queued in unfinished)
        {
            queued.Cancel(new CancellationToken(canceled: true));
        }

        _threads.ForEach(thread => thread.Join());
    }

    internal Task Enqueue(
        DrawLane lane, DrawConsumer consumer, Action? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        if (consumer.Image.Shape != _classifier.Shape)
        {
            throw new CertiPureException(
                $"Image {consumer.Image.Id} is {consumer.Image.Shape}, but the base classifier takes {_classifier.Shape}; "
                + "choose a classifier and a purifier for this data set.",
                ErrorReason.InvalidArgument);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var queued = new QueuedConsumer(lane, consumer, progress);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_failure is not null)
            {
                throw new CertiPureException($"The base classifier has failed: {_failure.Message}", _failure);
            }

            _lanes.Add(queued);
            Monitor.PulseAll(_lock);
        }

        // Outside the lock: a token that has been cancelled meanwhile calls back at once.
        queued.Cancellation = cancellationToken.UnsafeRegister(_ => Cancel(queued, cancellationToken), null);
        if (queued.Task.IsCompleted)
        {
            queued.Cancellation.Unregister();
        }

        return queued.Task;
    }

    private bool IsStopped => _disposed || _failure is not null;

    private void Cancel(QueuedConsumer queued, CancellationToken token)
    {
        lock (_lock)
        {
            if (!queued.IsLive)
            {
                return;
            }

            _lanes.Remove(queued);
        }

        queued.Cancel(token);
    }

    /// <summary>Draws the noise of batches to come.</summary>
    private void Fill()
    {
        while (true)
        {
            DrawBatch batch;
            lock (_lock)
            {
                while (!IsStopped && !CanTake(isWorker: false))
                {
                    Monitor.Wait(_lock);
                }

                if (IsStopped)
                {
                    return;
                }

                batch = Take();
            }

            AddNoise(batch);
            lock (_lock)
            {
                _filled.Enqueue(batch);
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Classifies batches, whose noise it draws itself where no other thread does.</summary>
    private void Run()
    {
        try
        {
            Workers.Begin?.Invoke();
            while (Next() is { } batch)
            {
                _classifier.Classify(batch.Noisy, batch.Labels);
                Deliver(batch);
            }
        }
#pragma warning disable CA1031 // Those who wait for their labels have to learn of it, whatever it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    /// <summary>The next batch with its noise; null when the queue stops.</summary>
    private DrawBatch? Next()
    {
        bool hasNoise;
        DrawBatch batch;
        lock (_lock)
        {
            while (!IsStopped && _filled.Count == 0 && !(Workers.NoiseThreads == 0 && CanTake(isWorker: true)))
            {
                Monitor.Wait(_lock);
            }

            if (IsStopped)
            {
                return null;
            }

            hasNoise = _filled.TryDequeue(out DrawBatch? filled);
            batch = filled ?? Take();
            _running++;
        }

        if (!hasNoise)
        {
            AddNoise(batch);
        }

        return batch;
    }

    /// <summary>A full batch of surely needed draws is taken at once, to be ready when a forward pass ends; anything less
    /// only when a worker would otherwise have nothing to do, since until then better draws may come.</summary>
    private bool CanTake(bool isWorker)
    {
        if (_free.Count == 0)
        {
            return false;
        }

        bool isIdle = isWorker || _running + _filled.Count < Workers.Count;
        bool can = _lanes.HasWaiting(_classifier.BatchSize) || (isIdle && _lanes.HasSpeculative);
        FailThrown();
        return can;
    }

    private DrawBatch Take()
    {
        var batch = new DrawBatch(_taken++, _free.Pop());
        _lanes.Take(batch);
        FailThrown();
        return batch;
    }

    private void AddNoise(DrawBatch batch) => batch.AddNoise(_classifier.Sigma, (owner, exception) =>
    {
        lock (_lock)
        {
            owner.Note(exception);
            FailThrown();
        }
    });

    /// <summary>Hands the labels to their consumers. One worker at a time delivers, in the order in which batches were taken, what it and
    /// others have classified; so a consumer and its listener meet one thread at a time.</summary>
    private void Deliver(DrawBatch classified)
    {
        lock (_lock)
        {
            _classified.Add(classified.Sequence, classified);
            _free.Push(classified.Noisy);
            _running--;
            Monitor.PulseAll(_lock);
            if (_isDelivering)
            {
                return;
            }

            _isDelivering = true;
        }

        while (true)
        {
            List<QueuedConsumer> touched;
            lock (_lock)
            {
                if (!_classified.Remove(_delivered, out DrawBatch? batch))
                {
                    _isDelivering = false;
                    return;
                }

                _delivered++;
                touched = Count(batch);
                Monitor.PulseAll(_lock);
            }

            foreach (QueuedConsumer queued in touched)
            {
                Report(queued);
                if (queued.IsDone)
                {
                    queued.Complete();
                }
            }
        }
    }

    /// <summary>Gives each consumer its labels.</summary>
    /// <returns>The consumers that got some.</returns>
    private List<QueuedConsumer> Count(DrawBatch batch)
    {
        var touched = new List<QueuedConsumer>();
        _batchCount++;
        _drawCount += batch.Count;
        _padding += batch.Room;
        for (int i = 0; i < batch.Count; i++)
        {
            QueuedConsumer queued = batch.Owner(i);
            if (!queued.IsLive)
            {
                _discarded++;
                continue;
            }

            queued.Receive(batch.Labels[i]);
            if (queued.Failure is null && !touched.Contains(queued))
            {
                touched.Add(queued);
            }

            if (queued.IsFinished)
            {
                queued.IsDone = true;
                _lanes.Remove(queued);
            }
        }

        FailThrown();
        return touched;
    }

    private void Report(QueuedConsumer queued)
    {
        try
        {
            queued.Progress?.Invoke();
        }
#pragma warning disable CA1031 // A listener's error is its own consumer's, not the queue's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            lock (_lock)
            {
                queued.Note(exception);
                FailThrown();
            }

            // One that had finished is in no lane any more.
            queued.Fail(exception);
        }
    }

    /// <summary>Takes those out that have thrown, and tells who waits for them.</summary>
    private void FailThrown()
    {
        foreach (QueuedConsumer queued in _lanes.RemoveFailed())
        {
            queued.Fail(queued.Failure!);
        }
    }

    private void Fail(Exception exception)
    {
        List<QueuedConsumer> unfinished;
        lock (_lock)
        {
            _failure ??= exception;
            unfinished = _lanes.RemoveAll();
            Monitor.PulseAll(_lock);
        }

        unfinished.ForEach(queued => queued.Fail(exception));
    }
}

/// <summary>What a draw queue has done since it began.</summary>
/// <param name="Batches">Forward passes of the base classifier.</param>
/// <param name="Draws">Draws that were classified, counted or not.</param>
/// <param name="Discarded">Of these, draws whose consumer had finished or was cancelled.</param>
/// <param name="Padding">Places of batches that no draw filled.</param>
/// <param name="Consumers">Consumers that are waiting or running now.</param>
/// <param name="Waiting">Draws that are surely needed and not yet taken now.</param>
public sealed record DrawQueueStatistics(
    long Batches, long Draws, long Discarded, long Padding, int Consumers, long Waiting);
