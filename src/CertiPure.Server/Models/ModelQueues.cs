using System.Collections.Concurrent;
using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Server.Models;

/// <summary>Keeps one queue per base classifier: per model, purifier and noise level, loaded when first asked for.</summary>
internal sealed class ModelQueues(IModelLibrary library, ServerOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(string Model, string Purifier, double Sigma), Lazy<Task<QueuedModel>>> _queues = new();
    private readonly DeviceTurns _turns = new(WorkerPlan.Choose(options.Workers, options.Threads, ComputeDevice.Parse(options.Device)));
    private DrawQueueStatistics _retired = new(0, 0, 0, 0, 0, 0);

    /// <summary>What all queues have done so far.</summary>
    public DrawQueueStatistics Statistics
    {
        get
        {
            DrawQueueStatistics sum = _retired;
            foreach (QueuedModel model in Loaded())
            {
                sum = Add(sum, model.Queue.Statistics);
            }

            return sum;
        }
    }

    public async Task<QueuedModel> GetAsync(string model, string purifier, double sigma)
    {
        (string, string, double) key = (model, purifier, sigma);
        Lazy<Task<QueuedModel>> entry = _queues.GetOrAdd(
            key, _ => new Lazy<Task<QueuedModel>>(() => Task.Run(() => Load(model, purifier, sigma))));
        try
        {
            return await entry.Value.ConfigureAwait(false);
        }
        catch
        {
            // A file that was missing may be there the next time.
            _queues.TryRemove(new(key, entry));
            throw;
        }
    }

    /// <summary>Gives up a queue whose base classifier has failed; the next request loads it afresh.</summary>
    public void Retire(QueuedModel model)
    {
        foreach (var pair in _queues)
        {
            if (pair.Value.IsValueCreated && pair.Value.Value.IsCompletedSuccessfully && pair.Value.Value.Result == model
                && _queues.TryRemove(pair))
            {
                DrawQueueStatistics last = model.Queue.Statistics;
                lock (_queues)
                {
                    _retired = Add(_retired, last with { Consumers = 0, Waiting = 0 });
                }

                model.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (QueuedModel model in Loaded())
        {
            model.Dispose();
        }

        _turns.Dispose();
    }

    private static DrawQueueStatistics Add(DrawQueueStatistics a, DrawQueueStatistics b) => new(
        a.Batches + b.Batches,
        a.Draws + b.Draws,
        a.Discarded + b.Discarded,
        a.Padding + b.Padding,
        a.Consumers + b.Consumers,
        a.Waiting + b.Waiting);

    private IEnumerable<QueuedModel> Loaded() => _queues.Values
        .Where(entry => entry.IsValueCreated && entry.Value.IsCompletedSuccessfully)
        .Select(entry => entry.Value.Result);

    private QueuedModel Load(string model, string purifier, double sigma)
    {
        ModelOffer offer = library.Models.First(each => each.Name == model);
        BaseModel loaded = library.Load(model, purifier, sigma);
        try
        {
            return new QueuedModel(offer, loaded, _turns);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }
}

/// <summary>A loaded model with the one queue that all clients' draws go through.</summary>
internal sealed class QueuedModel : IDisposable
{
    private readonly DeviceTurns _turns;

    public QueuedModel(ModelOffer offer, BaseModel loaded, DeviceTurns turns)
    {
        Offer = offer;
        Loaded = loaded;
        _turns = turns;
        // Before the first vote of the first client; a model that is refused here is refused to every client.
        turns.Run(() => ContractProbe.Of(loaded.BaseClassifier, loaded.Precision));
        // Its workers wait for their turns on the device's threads, and draw noise meanwhile.
        int workers = Math.Min(turns.Count, loaded.Workers.Workers);
        Queue = new DrawQueue(
            new TurnTakingBaseClassifier(loaded.BaseClassifier, turns), new DrawWorkers { Count = workers, NoiseThreads = 1 });
    }

    public ModelOffer Offer { get; }

    public BaseModel Loaded { get; }

    public DrawQueue Queue { get; }

    public double Sigma => Loaded.BaseClassifier.Sigma;

    /// <summary>Purifies and classifies a few noisy images for pictures. They go past the queue, which counts votes only, but take
    /// their turn.</summary>
    /// <param name="noisy">At most one batch of images.</param>
    /// <param name="cancellationToken">Gives up the turns that have not come yet.</param>
    public async Task<(ImageBatch Purified, int[] Labels)> ShowAsync(ImageBatch noisy, CancellationToken cancellationToken)
    {
        IBaseClassifier classifier = Loaded.BaseClassifier;
        var padded = new ImageBatch(noisy.Shape, classifier.BatchSize);
        noisy.Pixels.CopyTo(padded.Pixels);
        var labels = new int[padded.Count];
        await _turns.RunAsync(() => classifier.Classify(padded, labels), cancellationToken);
        ImageBatch purified = noisy;
        if (Loaded.PurifierNetwork is { } purifier)
        {
            await _turns.RunAsync(() => purified = purifier.Purify(noisy, Sigma), cancellationToken);
        }

        return (purified, labels[..noisy.Count]);
    }

    public void Dispose()
    {
        Queue.Dispose();
        Loaded.Dispose();
    }
}
