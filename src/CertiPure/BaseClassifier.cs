using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// The contract of a base classifier, in one place: an engine derives from it, says how it computes scores, and cannot pass by the
/// checks. Every call takes one full batch and gives finite scores for every image of it; an image's label is its best score, the
/// lowest class among equals. That the scores of an image depend on that image alone is what <see cref="ContractProbe"/> examines.
/// </summary>
public abstract class BaseClassifier : IBaseClassifier
{
    private readonly int _scoreCount;

    /// <summary>States what the base classifier takes and gives.</summary>
    /// <param name="shape">The image shape.</param>
    /// <param name="classCount">The number of classes, K.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <param name="scoreCount">The scores of an image; null for one per class.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or the batch size is not positive.</exception>
    protected BaseClassifier(ImageShape shape, int classCount, double sigma, int batchSize, int? scoreCount = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (!(sigma > 0) || !double.IsFinite(sigma))
        {
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "Sigma must be a finite number above 0.");
        }

        Shape = shape;
        ClassCount = classCount;
        Sigma = sigma;
        BatchSize = batchSize;
        _scoreCount = scoreCount ?? classCount;
    }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public double Sigma { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<SuspectNode> SuspectNodes => [];

    /// <inheritdoc/>
    /// <exception cref="CertiPureException">The networks gave other than one row of finite scores for each image.</exception>
    public void Classify(ImageBatch noisy, Span<int> labels)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        if (noisy.Count != BatchSize || labels.Length != BatchSize)
        {
            throw new ArgumentException(
                $"Expected {BatchSize} images and as many labels, got {noisy.Count} and {labels.Length} labels.", nameof(noisy));
        }

        labels.Fill(-1);
        ReadOnlySpan<float> scores = Scores(noisy);
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = LabelOf(scores.Slice(i * _scoreCount, _scoreCount));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="CertiPureException">The networks gave other than one row of finite scores for each image.</exception>
    public float[] Scores(ImageBatch noisy)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        if (noisy.Shape != Shape)
        {
            throw new ArgumentException($"Expected images of {Shape}, got images of {noisy.Shape}.", nameof(noisy));
        }

        float[] scores = ComputeScores(noisy);
        Logits.Require(scores, noisy.Count, _scoreCount);
        return scores;
    }

    /// <summary>Computes the scores of a batch that has been checked; what it gives is checked in turn.</summary>
    /// <param name="noisy"><c>[N,C,H,W]</c> in pixel space: image + sigma * noise, unclipped. N is <see cref="BatchSize"/>, but for a
    /// probe of a batch size of 1, which asks for two images at once.</param>
    /// <returns>Row-major <c>[N,S]</c>, S being the scores of an image.</returns>
    protected abstract float[] ComputeScores(ImageBatch noisy);

    /// <summary>The label that an image's scores mean: by default the best score's class.</summary>
    /// <param name="scores">The image's scores, finite.</param>
    /// <returns>0 to K-1.</returns>
    protected virtual int LabelOf(ReadOnlySpan<float> scores) => Logits.Best(scores);
}
