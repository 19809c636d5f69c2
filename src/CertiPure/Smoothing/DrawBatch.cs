using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>One batch with the owners of its draws.</summary>
/// <param name="sequence">Its place in the order in which batches were taken.</param>
/// <param name="noisy">Where its noisy images are written; no other batch has it until this one is classified.</param>
internal sealed class DrawBatch(long sequence, ImageBatch noisy)
{
    private readonly List<(QueuedConsumer Owner, Draw Draw)> _draws = new(noisy.Count);

    internal long Sequence { get; } = sequence;

    internal ImageBatch Noisy { get; } = noisy;

    /// <summary>A label that nobody gives stays -1, which is not a vote.</summary>
    internal int[] Labels { get; } = Enumerable.Repeat(-1, noisy.Count).ToArray();

    internal int Count => _draws.Count;

    internal int Room => Labels.Length - _draws.Count;

    internal bool IsFull => Room == 0;

    internal QueuedConsumer Owner(int index) => _draws[index].Owner;

    internal void Add(QueuedConsumer owner, Draw draw) => _draws.Add((owner, draw));

    /// <summary>Writes the noisy images. A draw whose noise cannot be drawn stays black, and its owner is informed.</summary>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <param name="failed">Told whose noise could not be drawn, and why.</param>
    internal void AddNoise(double sigma, Action<QueuedConsumer, Exception> failed)
    {
        for (int i = 0; i < _draws.Count; i++)
        {
            (QueuedConsumer owner, Draw draw) = _draws[i];
            DrawConsumer consumer = owner.Consumer;
            try
            {
                consumer.Noise.AddNoise(
                    consumer.Pixels.Span, consumer.Image.Id, draw.Phase, draw.Index, sigma, Noisy[i]);
            }
#pragma warning disable CA1031 // Whatever it is, it is this consumer's, and others share the batch.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Noisy[i].Clear();
                failed(owner, exception);
            }
        }

        Noisy.Pixels.Span[(_draws.Count * Noisy.Shape.Length)..].Clear();
    }
}

/// <summary>One draw of noise for an image.</summary>
/// <param name="Phase">What it is for.</param>
/// <param name="Index">Its number within the phase, from 0.</param>
public readonly record struct Draw(NoisePhase Phase, int Index);
