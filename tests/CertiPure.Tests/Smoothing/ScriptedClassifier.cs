using System.Collections.Concurrent;
using CertiPure.Images;

namespace CertiPure.Tests.Smoothing;

/// <summary>A base classifier that does what a test says, batch by batch.</summary>
internal sealed class ScriptedClassifier(int batchSize, Action<ImageBatch, int[]> classify) : IBaseClassifier
{
    internal static readonly ImageShape OnePixel = new(1, 1, 1);

    private int _running;

    public ImageShape Shape => OnePixel;

    public int ClassCount => 3;

    public int BatchSize { get; } = batchSize;

    public double Sigma => 0.5;

    internal ConcurrentBag<int> Threads { get; } = [];

    internal int Batches { get; private set; }

    /// <summary>One for the label, 0 for the others.</summary>
    public float[] Scores(ImageBatch noisy)
    {
        int[] answers = new int[noisy.Count];
        classify(noisy, answers);
        return [.. answers.SelectMany(answer => Enumerable.Range(0, ClassCount).Select(label => label == answer ? 1f : 0f))];
    }

    public void Classify(ImageBatch noisy, Span<int> labels)
    {
        Assert.Equal(0, Interlocked.Exchange(ref _running, 1));
        Assert.Equal((BatchSize, BatchSize), (noisy.Count, labels.Length));
        Threads.Add(Environment.CurrentManagedThreadId);
        Batches++;
        int[] answers = new int[BatchSize];
        classify(noisy, answers);
        answers.CopyTo(labels);
        Interlocked.Exchange(ref _running, 0);
    }

    internal static LabeledImage Image(int id) => new(id, 0, OnePixel, new byte[] { 128 });
}
