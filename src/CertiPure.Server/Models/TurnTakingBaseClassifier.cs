using CertiPure.Images;

namespace CertiPure.Server.Models;

/// <summary>A base classifier that waits for its turn on the device.</summary>
internal sealed class TurnTakingBaseClassifier(IBaseClassifier inner, DeviceTurns turns) : IBaseClassifier
{
    public ImageShape Shape => inner.Shape;

    public int ClassCount => inner.ClassCount;

    public int BatchSize => inner.BatchSize;

    public double Sigma => inner.Sigma;

    public IReadOnlyList<SuspectNode> SuspectNodes => inner.SuspectNodes;

    public float[] Scores(ImageBatch noisy)
    {
        float[] scores = [];
        turns.Run(() => scores = inner.Scores(noisy));
        return scores;
    }

    public void Classify(ImageBatch noisy, Span<int> labels)
    {
        // A span cannot be captured; a batch's labels are few.
        var given = new int[labels.Length];
        turns.Run(() => inner.Classify(noisy, given));
        given.CopyTo(labels);
    }
}
