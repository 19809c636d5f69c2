using System.Numerics.Tensors;
using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// ACES with entropy selection (Horvath et al. 2022): beside the smoothed classifier's answer, every draw says whether it belongs
/// to the smoothed classifier at all, which it does where the core's answer to the purified draw has an entropy of at most a
/// threshold. Label c of K classes means "smoothed, class c", label K + c "not smoothed, class c": so one draw votes on both
/// questions. The core alone, without noise, answers for images that are not smoothed.
/// </summary>
public sealed class RoutedClassifier : IBaseClassifier
{
    private readonly IPurifier? _purifier;
    private readonly IClassifier _classifier;
    private readonly IClassifier _core;
    private readonly Lock _coreLock = new();

    /// <summary>Joins the parts.</summary>
    /// <param name="purifier">The purifier, or null for plain randomized smoothing.</param>
    /// <param name="classifier">The classifier that is smoothed.</param>
    /// <param name="core">The plain classifier, of the same shape and classes.</param>
    /// <param name="entropyThreshold">The largest entropy of the core's answer, 0 to 1 (the logarithm's base is the number of
    /// classes), with which a draw is smoothed.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <exception cref="CertiPureException">The classifiers do not fit each other, or the threshold is no entropy.</exception>
    public RoutedClassifier(
        IPurifier? purifier, IClassifier classifier, IClassifier core, double entropyThreshold, double sigma, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(core);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        if (core.Shape != classifier.Shape || core.ClassCount != classifier.ClassCount)
        {
            throw new CertiPureException(
                $"The core takes images of {core.Shape} and knows {core.ClassCount} classes, the classifier takes {classifier.Shape} "
                + $"and knows {classifier.ClassCount}; choose two for the same data.",
                ExitCode.Refused);
        }

        if (!(entropyThreshold >= 0 && entropyThreshold <= 1))
        {
            throw new CertiPureException(
                $"The entropy threshold {entropyThreshold} is no entropy in units of the largest one; give a number from 0 to 1.",
                ExitCode.Usage);
        }

        _purifier = purifier;
        _classifier = classifier;
        _core = core;
        EntropyThreshold = entropyThreshold;
        Sigma = sigma;
        BatchSize = batchSize;
    }

    /// <inheritdoc/>
    public ImageShape Shape => _classifier.Shape;

    /// <summary>The number of labels: twice the number of classes.</summary>
    public int ClassCount => 2 * _classifier.ClassCount;

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public double Sigma { get; }

    /// <summary>The largest entropy of the core's answer with which a draw is smoothed, 0 to 1.</summary>
    public double EntropyThreshold { get; }

    /// <summary>The entropy of an answer, to the base of the number of classes: 0 for a sure one, 1 for an even one.</summary>
    /// <param name="logits">The class scores, at least two.</param>
    /// <exception cref="CertiPureException">A score is not a finite number.</exception>
    public static double Entropy(ReadOnlySpan<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logits.Length, 2, nameof(logits));
        Logits.RequireFinite(logits);
        double largest = TensorPrimitives.Max(logits), sum = 0, weighted = 0;
        foreach (float logit in logits)
        {
            double shifted = logit - largest, weight = Math.Exp(shifted);
            sum += weight;
            weighted += weight * shifted;
        }

        // H = -sum p ln p with p = w / sum and ln p = shifted - ln sum.
        return (Math.Log(sum) - (weighted / sum)) / Math.Log(logits.Length);
    }

    /// <inheritdoc/>
    /// <exception cref="CertiPureException">A classifier gave a logit that is not finite.</exception>
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

        ImageBatch purified = _purifier is null ? noisy : _purifier.Purify(noisy, Sigma);
        ReadOnlySpan<float> answers = _classifier.Logits(purified), coreAnswers = CoreLogits(purified);
        Logits.RequireFinite(answers);
        int classes = _classifier.ClassCount;
        for (int i = 0; i < labels.Length; i++)
        {
            int label = TensorPrimitives.IndexOfMax(answers.Slice(i * classes, classes));
            bool isSmoothed = Entropy(coreAnswers.Slice(i * classes, classes)) <= EntropyThreshold;
            labels[i] = isSmoothed ? label : classes + label;
        }
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
        ReadOnlySpan<float> answer = CoreLogits(batch).AsSpan(0, _core.ClassCount);
        Logits.RequireFinite(answer);
        return TensorPrimitives.IndexOfMax(answer);
    }

    // Plain answers are asked for while draws are classified.
    private float[] CoreLogits(ImageBatch images)
    {
        lock (_coreLock)
        {
            return _core.Logits(images);
        }
    }
}
