using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>One batch with the owners of its draws.</summary>
internal sealed class DrawBatch(IBaseClassifier classifier)
{
    private readonly List<(QueuedConsumer Owner, Draw Draw)> _draws = new(classifier.BatchSize);

    internal ImageBatch Noisy { get; } = new(classifier.Shape, classifier.BatchSize);

    internal int[] Labels { get; } = Enumerable.Repeat(-1, classifier.BatchSize).ToArray();

    internal int Count => _draws.Count;

    internal int Room => Labels.Length - _draws.Count;

    internal bool IsFull => Room == 0;

    internal QueuedConsumer Owner(int index) => _draws[index].Owner;

    internal void Add(QueuedConsumer owner, Draw draw) => _draws.Add((owner, draw));

    /// <summary>Empties it. A label that nobody gives stays -1, which is no vote.</summary>
    internal void Clear()
    {
        _draws.Clear();
        Labels.AsSpan().Fill(-1);
    }

    internal void AddNoise(double sigma)
    {
        for (int i = 0; i < _draws.Count; i++)
        {
            (QueuedConsumer owner, Draw draw) = _draws[i];
            DrawConsumer consumer = owner.Consumer;
            consumer.Noise.AddNoise(
                consumer.Pixels.Span, consumer.Image.Id, draw.Phase, draw.Index, sigma, Noisy[i]);
        }

        Noisy.Pixels.Span[(_draws.Count * Noisy.Shape.Length)..].Clear();
    }
}
