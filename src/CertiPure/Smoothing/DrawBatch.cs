using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>One batch with the owners of its draws.</summary>
internal sealed class DrawBatch(IBaseClassifier classifier)
{
    private readonly List<(QueuedConsumer Owner, Draw Draw)> _draws = new(classifier.BatchSize);

    internal ImageBatch Noisy { get; } = new(classifier.Shape, classifier.BatchSize);

    internal int[] Labels { get; } = new int[classifier.BatchSize];

    internal int Count => _draws.Count;

    internal int Room => Labels.Length - _draws.Count;

    internal bool IsFull => Room == 0;

    internal QueuedConsumer Owner(int index) => _draws[index].Owner;

    internal void Add(QueuedConsumer owner, Draw draw) => _draws.Add((owner, draw));

    internal void Clear() => _draws.Clear();

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
