using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

namespace CertiPure.Server.Models;

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
