using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// Several classifiers behind one purifier: each purified batch feeds them all, so that the purifier, which is most of the
/// cost, runs once. An image's label is the classifiers' labels as the digits of one number, the first classifier's lowest; the
/// votes of each classifier are those that it would have behind the purifier alone. <see cref="BaseClassifier.ClassCount"/> is the
/// number of combinations.
/// </summary>
public sealed class PurifiedClassifierGroup : BaseClassifier
{
    private readonly IPurifier? _purifier;
    private readonly IClassifier[] _classifiers;

    /// <summary>Joins the parts.</summary>
    /// <param name="purifier">The purifier, or null for plain randomized smoothing.</param>
    /// <param name="classifiers">The classifiers, one or more of one image shape.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or the batch size is not positive.</exception>
    /// <exception cref="ArgumentException">There is no classifier.</exception>
    /// <exception cref="CertiPureException">Two classifiers take images of different shapes, or there are too many classes for one
    /// number.</exception>
    public PurifiedClassifierGroup(
        IPurifier? purifier, IReadOnlyList<IClassifier> classifiers, double sigma, int batchSize = 64)
        : base(
            RequireOneShape(classifiers), CountCombinations(classifiers), sigma, batchSize,
            classifiers.Sum(classifier => classifier.ClassCount))
    {
        _purifier = purifier;
        _classifiers = [.. classifiers];
    }

    /// <summary>The number of classifiers.</summary>
    public int Count => _classifiers.Length;

    /// <summary>The number of classes of each classifier.</summary>
    public IReadOnlyList<int> ClassCounts => [.. _classifiers.Select(classifier => classifier.ClassCount)];

    /// <summary>One classifier's label.</summary>
    /// <param name="label">A label of the group, 0 to <see cref="BaseClassifier.ClassCount"/> - 1.</param>
    /// <param name="classifier">Which classifier, from 0.</param>
    public int LabelOf(int label, int classifier)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, ClassCount);
        for (int before = 0; before < classifier; before++)
        {
            label /= _classifiers[before].ClassCount;
        }

        return label % _classifiers[classifier].ClassCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SuspectNode> SuspectNodes =>
        [.. _classifiers.SelectMany(classifier => classifier.SuspectNodes)];

    /// <summary>The scores of the first classifier, then those of the second, ...</summary>
    protected override float[] ComputeScores(ImageBatch noisy)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ImageBatch purified = _purifier is null ? noisy : _purifier.Purify(noisy, Sigma);
        return Logits.Join([.. _classifiers.Select(classifier => (classifier.Logits(purified), classifier.ClassCount))], noisy.Count);
    }

    /// <inheritdoc/>
    protected override int LabelOf(ReadOnlySpan<float> scores)
    {
        int label = 0, place = 1;
        foreach (IClassifier classifier in _classifiers)
        {
            label += place * Logits.Best(scores[..classifier.ClassCount]);
            scores = scores[classifier.ClassCount..];
            place *= classifier.ClassCount;
        }

        return label;
    }

    private static ImageShape RequireOneShape(IReadOnlyList<IClassifier> classifiers)
    {
        ArgumentNullException.ThrowIfNull(classifiers);
        if (classifiers.Count == 0)
        {
            throw new ArgumentException("A group needs a classifier.", nameof(classifiers));
        }

        return classifiers.FirstOrDefault(classifier => classifier.Shape != classifiers[0].Shape) is not { } stranger
            ? classifiers[0].Shape
            : throw new CertiPureException(
                $"One classifier takes images of {classifiers[0].Shape} and another images of {stranger.Shape}; group classifiers of "
                + "one shape.");
    }

    private static int CountCombinations(IReadOnlyList<IClassifier> classifiers)
    {
        long combinations = 1;
        foreach (IClassifier classifier in classifiers)
        {
            combinations *= classifier.ClassCount;
            if (combinations > int.MaxValue)
            {
                throw new CertiPureException(
                    $"{classifiers.Count} classifiers have more combinations of classes than a number can hold; group fewer.");
            }
        }

        return (int)combinations;
    }
}
