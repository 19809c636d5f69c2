using CertiPure.Images;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>A base classifier that counts its calls, can be held up, and can fail.</summary>
public sealed class WatchedBaseClassifier(IBaseClassifier inner, Switchboard board) : IBaseClassifier
{
    public ImageShape Shape => inner.Shape;

    public int ClassCount => inner.ClassCount;

    public int BatchSize => inner.BatchSize;

    public double Sigma => inner.Sigma;

    public float[] Scores(ImageBatch noisy) => inner.Scores(noisy);

    public void Classify(ImageBatch noisy, Span<int> labels)
    {
        board.Pass();
        inner.Classify(noisy, labels);
    }
}
