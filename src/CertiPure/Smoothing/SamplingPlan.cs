namespace CertiPure.Smoothing;

/// <summary>
/// How many draws an image gets, when they are looked at and what each look may cost of alpha. A plan is immutable and serves
/// any number of images; <see cref="Begin"/> starts the estimation of one.
/// </summary>
public abstract class SamplingPlan
{
    /// <summary>Sets what every plan has.</summary>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="estimationDraws">n, the most draws an image's estimation may take, at least 1.</param>
    /// <param name="alpha">The total error probability, 0 &lt; alpha &lt; 1.</param>
    /// <param name="largestLookAlpha">The largest alpha that a single look after <paramref name="estimationDraws"/> draws has.</param>
    /// <param name="bound">Which votes the radius follows from.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    private protected SamplingPlan(int selectionDraws, int estimationDraws, double alpha, double largestLookAlpha, BoundKind bound)
    {
        if (selectionDraws < 1 || estimationDraws < 1)
        {
            throw new CertiPureException(
                $"A plan needs at least one selection and one estimation draw, not n0 = {selectionDraws} and n = {estimationDraws}.",
                ErrorReason.InvalidArgument);
        }

        if (!(largestLookAlpha >= BinomialBound.LeastAlpha && alpha < 1))
        {
            throw new CertiPureException(
                $"Alpha is a probability below 1, of which no look may spend less than {BinomialBound.LeastAlpha}, not {alpha}; the usual one "
                + "is 0.001.",
                ErrorReason.InvalidArgument);
        }

        if (BinomialBound.Lower(estimationDraws, estimationDraws, largestLookAlpha) <= 0.5)
        {
            int least = (int)Math.Floor(-Math.Log2(largestLookAlpha)) + 1;
            throw new CertiPureException(
                $"n = {estimationDraws} draws can never certify anything at alpha {alpha}, even if all of them agree; take at "
                + $"least {least}.",
                ErrorReason.Refused);
        }

        SelectionDraws = selectionDraws;
        EstimationDraws = estimationDraws;
        Alpha = alpha;
        Bound = bound;
    }

    /// <summary>The plan's name on the command line: <c>fixed</c> or <c>staged</c>; <c>routed</c> for certified
    /// routing.</summary>
    public abstract string Name { get; }

    /// <summary>n0, the draws that select the class.</summary>
    public int SelectionDraws { get; }

    /// <summary>n, the most draws an image's estimation takes.</summary>
    public int EstimationDraws { get; }

    /// <summary>The probability with which a certificate may be wrong.</summary>
    public double Alpha { get; }

    /// <summary>Which votes the radius follows from.</summary>
    public BoundKind Bound { get; }

    /// <summary>The looks that the plan may take, in order of draws; the last has all n, and their alphas sum to at most
    /// <see cref="Alpha"/>.</summary>
    public abstract IReadOnlyList<PlannedLook> Looks { get; }

    /// <summary>The radii in pixel space that the plan decides, ascending; none for a plan that does not ask.</summary>
    public abstract IReadOnlyList<double> Radii { get; }

    /// <summary>Starts the estimation of one image.</summary>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    public abstract Estimation Begin(double sigma);
}

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

/// <summary>A look that a plan may take: after <paramref name="N"/> draws it spends <paramref name="Alpha"/>.</summary>
/// <param name="N">Estimation draws before the look.</param>
/// <param name="Alpha">The share of the total error probability that the look spends.</param>
public sealed record PlannedLook(int N, double Alpha);
