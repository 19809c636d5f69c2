namespace CertiPure.Smoothing;

/// <summary>n0 draws to select, n draws to estimate, one look at the end (Cohen et al. 2019, CERTIFY).</summary>
public sealed class FixedPlan : SamplingPlan
{
    /// <summary>Makes the plan.</summary>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="estimationDraws">n, at least 10 at alpha 0.001.</param>
    /// <param name="alpha">The error probability, 0 &lt; alpha &lt; 1.</param>
    /// <param name="bound">Which votes the radius follows from.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    public FixedPlan(
        int selectionDraws = 100, int estimationDraws = 10_000, double alpha = 0.001, BoundKind bound = BoundKind.Top)
        : base(selectionDraws, estimationDraws, alpha, alpha, bound)
    {
    }

    /// <inheritdoc/>
    public override string Name => "fixed";

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedLook> Looks => [new PlannedLook(EstimationDraws, Alpha)];

    /// <inheritdoc/>
    public override IReadOnlyList<double> Radii => [];

    /// <inheritdoc/>
    public override Estimation Begin(double sigma) => new OneLook(this);

    private sealed class OneLook : Estimation
    {
        private readonly double _alpha;

        internal OneLook(FixedPlan plan)
            : base(plan.Bound)
        {
            NextCheckpoint = plan.EstimationDraws;
            _alpha = plan.Alpha;
        }

        private protected override void Advance(VoteCounts votes, int k)
        {
            Record(votes, _alpha);
            IsFinished = true;
        }
    }
}
