using CertiPure.Images;

namespace CertiPure;

/// <summary>A base classifier of one noise level and batch size, which refuses every other batch before it computes.</summary>
public abstract class BaseClassifier : IBaseClassifier
{
    /// <summary>States what the base classifier takes and gives.</summary>
    /// <param name="shape">The image shape.</param>
    /// <param name="classCount">The number of classes, K.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or the batch size is not positive.</exception>
    protected BaseClassifier(ImageShape shape, int classCount, double sigma, int batchSize)
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
    /// <exception cref="CertiPureException">The networks gave a value that is not finite.</exception>
    public void Classify(ImageBatch noisy, Span<int> labels)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        if (noisy.Shape != Shape || noisy.Count != BatchSize || labels.Length != BatchSize)
        {
            throw new ArgumentException(
                $"Expected {BatchSize} images of {Shape} and as many labels, got {noisy.Count} of {noisy.Shape} and "
                + $"{labels.Length} labels.",
                nameof(noisy));
        }

        ClassifyFullBatch(noisy, labels);
    }

    /// <summary>Classifies a batch that has been checked.</summary>
    /// <param name="noisy"><c>[BatchSize,C,H,W]</c> in pixel space: image + sigma * noise, unclipped.</param>
    /// <param name="labels">Receives BatchSize labels, each 0 to K-1.</param>
    protected abstract void ClassifyFullBatch(ImageBatch noisy, Span<int> labels);
}
