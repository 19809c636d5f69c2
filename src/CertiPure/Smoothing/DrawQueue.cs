namespace CertiPure.Smoothing;

/// <summary>
/// Fills the batches of one base classifier with draws of many consumers: images of a run, clients of a service, staged plans
/// that finish early. Two threads of its own work in turn: one draws the noise of the next batch while the other runs the base
/// classifier, always the same thread, on the present one. Batches have one fixed size, padded where draws run out, and an
/// image's label depends on its own draws alone, so certificates do not depend on who shares a batch.
/// </summary>
#pragma warning disable CA1711 // It is a queue of draws, though no collection.
public sealed class DrawQueue : IDisposable
#pragma warning restore CA1711
{
    private readonly object _lock = new();
    private readonly IBaseClassifier _classifier;
    private readonly LaneRotation _lanes = new();
    private readonly Queue<DrawBatch> _filled = new();
    private readonly Queue<DrawBatch> _free = new();
    private readonly Thread _filler;
    private readonly Thread _runner;
    private bool _running;
    private bool _disposed;
    private Exception? _failure;
    private long _batchCount;
    private long _drawCount;
    private long _discarded;
    private long _padding;

    /// <summary>Starts the queue of a base classifier.</summary>
    /// <param name="classifier">The base classifier; the queue is the only one to call it and does not dispose it.</param>
    public DrawQueue(IBaseClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        _classifier = classifier;
        _free.Enqueue(new DrawBatch(classifier));
        _free.Enqueue(new DrawBatch(classifier));
        _filler = new Thread(Fill) { IsBackground = true, Name = "CertiPure noise" };
        _runner = new Thread(Run) { IsBackground = true, Name = "CertiPure classifier" };
        _filler.Start();
        _runner.Start();
    }

    /// <summary>The base classifier.</summary>
    public IBaseClassifier Classifier => _classifier;

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

    /// <summary>Stops after the batch in flight; what is unfinished is cancelled.</summary>
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

        _filler.Join();
        _runner.Join();
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
                ExitCode.Usage);
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

    private void Fill()
    {
        while (true)
        {
            DrawBatch batch;
            lock (_lock)
            {
                while (!IsStopped && !CanTake())
                {
                    Monitor.Wait(_lock);
                }

                if (IsStopped)
                {
                    return;
                }

                batch = _free.Dequeue();
                batch.Clear();
                _lanes.Take(batch);
            }

            try
            {
                batch.AddNoise(_classifier.Sigma);
            }
#pragma warning disable CA1031 // Those who wait for their labels have to learn of it, whatever it is.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception);
                return;
            }

            lock (_lock)
            {
                _filled.Enqueue(batch);
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>A full batch of surely needed draws is taken at once, to be ready when the forward pass ends; anything less
    /// only when the base classifier would otherwise stand still, since until then better draws may come.</summary>
    private bool CanTake()
    {
        if (_free.Count == 0)
        {
            return false;
        }

        bool idle = !_running && _filled.Count == 0;
        return _lanes.HasWaiting(_classifier.BatchSize) || (idle && _lanes.HasSpeculative);
    }

    private void Run()
    {
        while (true)
        {
            DrawBatch batch;
            lock (_lock)
            {
                while (!IsStopped && _filled.Count == 0)
                {
                    Monitor.Wait(_lock);
                }

                if (IsStopped)
                {
                    return;
                }

                batch = _filled.Dequeue();
                _running = true;
            }

            try
            {
                _classifier.Classify(batch.Noisy, batch.Labels);
            }
#pragma warning disable CA1031 // Those who wait for their labels have to learn of it, whatever it is.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception);
                return;
            }

            Deliver(batch);
        }
    }

    private void Deliver(DrawBatch batch)
    {
        var touched = new HashSet<QueuedConsumer>();
        var finished = new List<QueuedConsumer>();
        var failed = new List<(QueuedConsumer Queued, CertiPureException Exception)>();
        lock (_lock)
        {
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

                touched.Add(queued);
                try
                {
                    queued.Consumer.Receive(batch.Labels[i]);
                }
                catch (CertiPureException exception)
                {
                    _lanes.Remove(queued);
                    failed.Add((queued, exception));
                    continue;
                }

                if (queued.Consumer.IsFinished)
                {
                    _lanes.Remove(queued);
                    finished.Add(queued);
                }
            }

            batch.Clear();
            _free.Enqueue(batch);
            _running = false;
            Monitor.PulseAll(_lock);
        }

        foreach (QueuedConsumer queued in touched)
        {
            Report(queued);
        }

        finished.ForEach(queued => queued.Complete());
        failed.ForEach(pair => pair.Queued.Fail(pair.Exception));
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
                if (queued.IsLive)
                {
                    _lanes.Remove(queued);
                }
            }

            queued.Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        List<QueuedConsumer> unfinished;
        lock (_lock)
        {
            _failure = exception;
            unfinished = _lanes.RemoveAll();
            Monitor.PulseAll(_lock);
        }

        unfinished.ForEach(queued => queued.Fail(exception));
    }
}
