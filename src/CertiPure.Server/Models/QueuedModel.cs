using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

namespace CertiPure.Server.Models;

/// <summary>A loaded model with the one queue that all clients' draws go through.</summary>
internal sealed class QueuedModel : IDisposable
{
    private readonly DeviceTurns _turns;
    private readonly TurnTakingBaseClassifier _baseClassifier;

    public QueuedModel(ModelOffer offer, BaseModel loaded, DeviceTurns turns)
    {
        Offer = offer;
        Loaded = loaded;
        _turns = turns;
        _baseClassifier = new TurnTakingBaseClassifier(loaded.BaseClassifier, turns);
        Queue = new DrawQueue(_baseClassifier);
    }

    public ModelOffer Offer { get; }

    public BaseModel Loaded { get; }

    public DrawQueue Queue { get; }

    public double Sigma => _baseClassifier.Sigma;

    /// <summary>Purifies and classifies a few noisy images for pictures. They go past the queue, which counts votes only, but take
    /// their turn.</summary>
    /// <param name="noisy">At most one batch of images.</param>
    public (ImageBatch Purified, int[] Labels) Show(ImageBatch noisy)
    {
        var padded = new ImageBatch(noisy.Shape, _baseClassifier.BatchSize);
        noisy.Pixels.CopyTo(padded.Pixels);
        var labels = new int[padded.Count];
        _baseClassifier.Classify(padded, labels);
        ImageBatch purified = noisy;
        if (Loaded.PurifierNetwork is { } purifier)
        {
            _turns.Run(() => purified = purifier.Purify(noisy, Sigma));
        }

        return (purified, labels[..noisy.Count]);
    }

    public void Dispose()
    {
        Queue.Dispose();
        Loaded.Dispose();
    }
}
