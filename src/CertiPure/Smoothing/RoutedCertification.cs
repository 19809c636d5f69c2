using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>CERTIFY for one image under certified routing (ACES, Horvath et al. 2022): the labels of a
/// <see cref="RoutedClassifier"/> are votes on the class and on the route at once.</summary>
public sealed class RoutedCertification : DrawConsumer
{
    private readonly RoutedPlan _plan;
    private readonly double _sigma;
    private readonly int _plainAnswer;
    private readonly TimeProvider _time;
    private readonly VoteCounts _selection;
    private readonly VoteCounts _votes;
    private long? _started;
    private int _selectionSmoothed;
    private int _smoothed;

    /// <summary>Starts before the first draw.</summary>
    /// <param name="image">The image.</param>
    /// <param name="classCount">The number of classes, K; labels run to 2K - 1.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="plainAnswer">The core's class for the image without noise, 0 to K - 1.</param>
    /// <param name="plan">How many draws.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="time">The clock of <see cref="Certificate.Seconds"/>; null for the system's.</param>
    public RoutedCertification(
        LabeledImage image,
        int classCount,
        double sigma,
        int plainAnswer,
        RoutedPlan plan,
        NoiseSource noise,
        TimeProvider? time = null)
        : base(image, noise)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNegative(plainAnswer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(plainAnswer, classCount);
        _plan = plan;
        _sigma = sigma;
        _plainAnswer = plainAnswer;
        _time = time ?? TimeProvider.System;
        _selection = new VoteCounts(classCount);
        _votes = new VoteCounts(classCount);
    }

    /// <summary>The certificate, once <see cref="IsFinished"/>.</summary>
    public Certificate? Certificate { get; private set; }

    /// <inheritdoc/>
    public override int Needed => Limit;

    /// <inheritdoc/>
    public override int Limit => _plan.SelectionDraws + _plan.EstimationDraws;

    /// <inheritdoc/>
    public override bool IsFinished => Certificate is not null;

    private protected override Draw At(int position)
    {
        _started ??= _time.GetTimestamp();
        return position < _plan.SelectionDraws
            ? new Draw(NoisePhase.Selection, position)
            : new Draw(NoisePhase.Estimation, position - _plan.SelectionDraws);
    }

    private protected override void Count(int position, int label)
    {
        bool isSmoothed = label < _votes.ClassCount;
        int answer = isSmoothed ? label : label - _votes.ClassCount;
        if (position < _plan.SelectionDraws)
        {
            _selection.Add(answer);
            _selectionSmoothed += isSmoothed ? 1 : 0;
            return;
        }

        _votes.Add(answer);
        _smoothed += isSmoothed ? 1 : 0;
        if (position == Limit - 1)
        {
            Finish();
        }
    }

    private void Finish()
    {
        int n = _plan.EstimationDraws, selected = _selection.Top;
        double alpha = _plan.Looks[0].Alpha;
        (double alphaA, double alphaB) = MarginBound.Split(_plan.Bound, _selection, alpha);
        var classLook = new Look(_votes.ToArray(), selected, alphaA, alphaB);
        bool isSmoothed = Routing.IsSmoothed(_selectionSmoothed, _plan.SelectionDraws);
        var routeLook = new Look(n, isSmoothed ? _smoothed : n - _smoothed, alpha);
        (double bound, double upper, double classRadius, bool isCertified) = MarginBound.Of([classLook], _sigma);
        var routing = new Routing(_plainAnswer, _selectionSmoothed, routeLook, BinomialBound.Lower(routeLook.K, n, alpha));
        (int? predicted, double radius) = routing.Certify(
            isCertified ? selected : null, classRadius, _plan.SelectionDraws, _sigma);
        Certificate = new Certificate(
            Image.Id,
            Image.Label,
            predicted,
            _selection.ToArray(),
            [classLook],
            n,
            bound,
            radius,
            _time.GetElapsedTime(_started!.Value).TotalSeconds)
        {
            File = Image.File,
            UpperBound = upper,
            Routing = routing,
        };
    }
}
