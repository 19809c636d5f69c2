using CertiPure.Images;

namespace CertiPure;

/// <summary>Purifier, then classifier, then the best class: the base classifier of Consistency Purification, for any
/// implementation of the two parts.</summary>
public sealed class PurifiedClassifier : BaseClassifier
{
    private readonly IPurifier? _purifier;
    private readonly IClassifier _classifier;

    /// <summary>Joins the two parts.</summary>
    /// <param name="purifier">The purifier, or null for plain randomized smoothing.</param>
    /// <param name="classifier">The classifier.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or the batch size is not positive.</exception>
    public PurifiedClassifier(IPurifier? purifier, IClassifier classifier, double sigma, int batchSize = 64)
        : base(
            (classifier ?? throw new ArgumentNullException(nameof(classifier))).Shape, classifier.ClassCount, sigma, batchSize)
    {
        _purifier = purifier;
        _classifier = classifier;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SuspectNode> SuspectNodes => _classifier.SuspectNodes;

    /// <inheritdoc/>
    protected override float[] ComputeScores(ImageBatch noisy) =>
        _classifier.Logits(_purifier is null ? noisy : _purifier.Purify(noisy, Sigma));
}
