using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// ACES (Horvath et al. 2022): beside the smoothed classifier's answer, every draw says whether it belongs to the smoothed classifier
/// at all, as a <see cref="RouteSelection"/> decides from the purified draw. Label c of K classes means "smoothed, class c", label
/// K + c "not smoothed, class c": so one draw votes on both questions, and <see cref="BaseClassifier.ClassCount"/> is 2 K. The core alone, without noise, answers for images that are not
/// smoothed.
/// </summary>
public sealed class RoutedClassifier : BaseClassifier
{
    private readonly IPurifier? _purifier;
    private readonly IClassifier _classifier;
    private readonly IClassifier _core;
    private readonly RouteSelection _selection;

    /// <summary>Joins the parts.</summary>
    /// <param name="purifier">The purifier, or null for plain randomized smoothing.</param>
    /// <param name="classifier">The classifier that is smoothed.</param>
    /// <param name="core">The plain classifier, of the same shape and classes.</param>
    /// <param name="selection">Which draws are smoothed.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or the batch size is not positive.</exception>
    /// <exception cref="CertiPureException">The networks do not fit each other.</exception>
    public RoutedClassifier(
        IPurifier? purifier, IClassifier classifier, IClassifier core, RouteSelection selection, double sigma, int batchSize = 64)
        : base(
            (classifier ?? throw new ArgumentNullException(nameof(classifier))).Shape, 2 * classifier.ClassCount, sigma, batchSize,
            classifier.ClassCount + (selection ?? throw new ArgumentNullException(nameof(selection))).Network.ClassCount)
    {
        ArgumentNullException.ThrowIfNull(core);
        if (core.Shape != classifier.Shape || core.ClassCount != classifier.ClassCount)
        {
            throw new CertiPureException(
                $"The core takes images of {core.Shape} and knows {core.ClassCount} classes, the classifier takes {classifier.Shape} "
                + $"and knows {classifier.ClassCount}; choose two for the same data.",
                ErrorReason.Refused);
        }

        if (selection.Network.Shape != classifier.Shape)
        {
            throw new CertiPureException(
                $"The selection network takes images of {selection.Network.Shape}, the classifier takes {classifier.Shape}; choose two "
                + "for the same data.",
                ErrorReason.Refused);
        }

        _purifier = purifier;
        _classifier = classifier;
        _core = core;
        _selection = selection;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SuspectNode> SuspectNodes =>
        [.. _classifier.SuspectNodes, .. _core.SuspectNodes, .. _selection.Network.SuspectNodes];

    /// <summary>The classifier's scores, then the selection network's.</summary>
    protected override float[] ComputeScores(ImageBatch noisy)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ImageBatch purified = _purifier is null ? noisy : _purifier.Purify(noisy, Sigma);
        return Logits.Join(
            [
                (_classifier.Logits(purified), _classifier.ClassCount),
                (_selection.Network.Logits(purified), _selection.Network.ClassCount),
            ],
            noisy.Count);
    }

    /// <inheritdoc/>
    protected override int LabelOf(ReadOnlySpan<float> scores)
    {
        int classes = _classifier.ClassCount;
        int label = Logits.Best(scores[..classes]);
        return _selection.IsSmoothed(scores[classes..]) ? label : classes + label;
    }

    /// <summary>The core's answer to an image as it is.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The class, 0 to K - 1.</returns>
    /// <exception cref="CertiPureException">The core gave a logit that is not finite.</exception>
    public int PlainAnswer(LabeledImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var batch = new ImageBatch(Shape, BatchSize);
        image.CopyPixels(batch[0]);
        float[] answers = _core.Logits(batch);
        Logits.Require(answers, batch.Count, _core.ClassCount);
        return Logits.Best(answers.AsSpan(0, _core.ClassCount));
    }
}
