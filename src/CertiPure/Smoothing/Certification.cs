using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>
/// CERTIFY for one image as a state machine (Cohen et al. 2019, Algorithm 1): wants n0 selection draws and then estimation
/// draws as its plan says, receives labels, ends in a <see cref="Smoothing.Certificate"/>.
/// </summary>
public sealed class Certification : DrawConsumer
{
    private readonly SamplingPlan _plan;
    private readonly Estimation _estimation;
    private readonly VoteCounts _selection;
    private readonly double _sigma;
    private readonly TimeProvider _time;
    private readonly VoteCounts _votes;
    private long? _started;

    /// <summary>Starts before the first draw.</summary>
    /// <param name="image">The image.</param>
    /// <param name="classCount">The number of classes, K.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="plan">How many draws, when looked at.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="time">The clock of <see cref="Certificate.Seconds"/>; null for the system's.</param>
    public Certification(
        LabeledImage image, int classCount, double sigma, SamplingPlan plan, NoiseSource noise, TimeProvider? time = null)
        : base(image, noise)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _sigma = sigma;
        _estimation = plan.Begin(sigma);
        _selection = new VoteCounts(classCount);
        _votes = new VoteCounts(classCount);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The certificate, once <see cref="IsFinished"/>.</summary>
    public Certificate? Certificate { get; private set; }

    /// <inheritdoc/>
    public override int Needed => _plan.SelectionDraws + _estimation.NextCheckpoint;

    /// <inheritdoc/>
    public override int Limit => _plan.SelectionDraws + _plan.EstimationDraws;

    /// <inheritdoc/>
    public override bool IsFinished => Certificate is not null;

    /// <summary>The certification's progress.</summary>
    public CertificationProgress Progress
    {
        get
        {
            int n = Math.Max(0, Received - _plan.SelectionDraws);
            Look[] look = [];
            if (n > 0)
            {
                (double alphaA, double alphaB) = MarginBound.Split(_plan.Bound, _selection, _plan.Alpha);
                look = [new Look(_votes.ToArray(), _estimation.Selected!.Value, alphaA, alphaB)];
            }

            (double lower, double upper, double radius, _) = MarginBound.Of(look, _sigma);
            return new CertificationProgress(
                Image.Id,
                _selection.ToArray(),
                _estimation.Selected,
                n,
                _votes.ToArray(),
                lower,
                upper,
                radius,
                _plan.EstimationDraws);
        }
    }

    private protected override Draw At(int position)
    {
        _started ??= _time.GetTimestamp();
        return position < _plan.SelectionDraws
            ? new Draw(NoisePhase.Selection, position)
            : new Draw(NoisePhase.Estimation, position - _plan.SelectionDraws);
    }

    private protected override void Count(int position, int label)
    {
        if (position < _plan.SelectionDraws)
        {
            _selection.Add(label);
            if (position == _plan.SelectionDraws - 1)
            {
                _estimation.Select(_selection);
            }

            return;
        }

        _votes.Add(label);
        int draws = position - _plan.SelectionDraws + 1;
        if (draws == _estimation.NextCheckpoint)
        {
            _estimation.Observe(_votes);
            if (_estimation.IsFinished)
            {
                Finish(draws);
            }
        }
    }

    private void Finish(int draws)
    {
        (double lower, double upper, double radius, bool isCertified) = MarginBound.Of(_estimation.Looks, _sigma);
        Certificate = new Certificate(
            Image.Id,
            Image.Label,
            isCertified ? _estimation.Selected : null,
            _selection.ToArray(),
            [.. _estimation.Looks],
            draws,
            lower,
            radius,
            _time.GetElapsedTime(_started!.Value).TotalSeconds)
        {
            File = Image.File,
            UpperBound = upper,
        };
    }
}

/// <summary>The progress of a running certification. Its bound and radius are for display: a number that is watched while it
/// grows is not a certificate.</summary>
/// <param name="Id">The image's position in its data set.</param>
/// <param name="Selection">Votes per class of the selection draws so far.</param>
/// <param name="Selected">The selected class, or null while selection lasts.</param>
/// <param name="Draws">Estimation draws so far.</param>
/// <param name="Votes">Votes per class of the estimation draws so far.</param>
/// <param name="LowerBound">The lower bound of the selected class's probability that the estimation draws so far would give if this
/// were the end.</param>
/// <param name="UpperBound">The upper bound of every other class's probability if this were the end.</param>
/// <param name="Radius">The radius in pixel space that belongs to the two bounds.</param>
/// <param name="MaximumDraws">The most estimation draws this certification may take.</param>
public sealed record CertificationProgress(
    int Id,
    IReadOnlyList<int> Selection,
    int? Selected,
    int Draws,
    IReadOnlyList<int> Votes,
    double LowerBound,
    double UpperBound,
    double Radius,
    int MaximumDraws);
