using CertiPure.Images;

namespace CertiPure.Tests;

/// <summary>A base classifier of two-by-two grey images whose scores a test computes.</summary>
internal sealed class ScoredClassifier(int batchSize, int classCount, Func<ImageBatch, float[]> scores)
    : BaseClassifier(new ImageShape(1, 2, 2), classCount, 0.25, batchSize)
{
    public override IReadOnlyList<SuspectNode> SuspectNodes => Suspects;

    internal IReadOnlyList<SuspectNode> Suspects { get; init; } = [];

    internal int Calls { get; private set; }

    /// <summary>Two scores: the image's first pixel and its sum.</summary>
    internal static float[] Sound(ImageBatch batch) =>
        [.. Enumerable.Range(0, batch.Count).SelectMany(i => (float[])[batch[i][0], batch[i][0] + batch[i][1] + batch[i][2] + batch[i][3]])];

    protected override float[] ComputeScores(ImageBatch noisy)
    {
        Calls++;
        return scores(noisy);
    }
}
