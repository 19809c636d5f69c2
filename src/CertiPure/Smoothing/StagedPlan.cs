using System.Collections.Concurrent;

namespace CertiPure.Smoothing;

/// <summary>
/// The guarantee of a fixed plan at every requested radius with fewer draws: a few early looks at the votes, each paid for with
/// its share of alpha (union bound), and radii given up as soon as they are out of sight. The draws end when every requested
/// radius is certified or given up. The certificate's bound is the best over the looks that were taken.
/// </summary>
/// <remarks>
/// At a look after n draws a radius r is certified where P[Bin(n, Phi(r/sigma)) &gt;= k] &lt;= the look's alpha; one look serves
/// all radii. At every checkpoint a radius is given up where P[Bin(n, Phi(r/sigma)) &lt;= k] &lt;= 0.001: that claims nothing, so it
/// costs no alpha, only a little power. Radii that all n draws cannot reach are not waited for. Where the selection votes ask for
/// the rival's votes too (<see cref="MarginBound"/>), the two bounds of a look take the place of the first inequality, and a radius
/// is given up where it exceeds sigma/2 (PhiInv(U(k)) - PhiInv(L(k2))) with both bounds at 0.0005, or what the last look would give if
/// all remaining draws voted for the class.
/// </remarks>
public sealed class StagedPlan : SamplingPlan
{
    /// <summary>The early looks: after how many percent of the draws, and the share of alpha each spends. Found by exact
    /// computation over all truths: see docs/method.md.</summary>
    private static readonly (int Percent, double Share)[] EarlyLooks = [(2, 0.02), (6, 0.02), (16, 0.02), (40, 0.02), (69, 0.1)];

    /// <summary>A radius is given up where so few votes have at most this probability.</summary>
    internal const double GiveUpProbability = 0.001;

    private readonly double[] _radii;
    private readonly PlannedLook[] _looks;
    private readonly int _interval;
    private readonly ConcurrentDictionary<double, Lazy<StagedThresholds>> _thresholds = new();

    /// <summary>Makes the plan with its usual looks: after 2, 6, 16 and 40 % of the draws with 2 % of alpha each, after 69 % with
    /// 10 %, and at the end with the rest.</summary>
    /// <param name="radii">The radii in pixel space to be decided, each at least 0.</param>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="estimationDraws">n, at least 11 at alpha 0.001.</param>
    /// <param name="alpha">The error probability, 0 &lt; alpha &lt; 1.</param>
    /// <param name="bound">Which votes the radius follows from.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    public StagedPlan(
        IReadOnlyList<double> radii,
        int selectionDraws = 100,
        int estimationDraws = 10_000,
        double alpha = 0.001,
        BoundKind bound = BoundKind.Top)
        : this(radii, selectionDraws, UsualLooks(estimationDraws, alpha), alpha, bound)
    {
    }

    /// <summary>Makes the plan with looks of one's own.</summary>
    /// <param name="radii">The radii in pixel space to be decided, each at least 0.</param>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="looks">The looks in order of draws, after multiples of <see cref="Interval"/> apart from the last; the last
    /// has all n draws. Their alphas sum to at most <paramref name="alpha"/>.</param>
    /// <param name="alpha">The error probability, 0 &lt; alpha &lt; 1.</param>
    /// <param name="bound">Which votes the radius follows from.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    public StagedPlan(
        IReadOnlyList<double> radii,
        int selectionDraws,
        IReadOnlyList<PlannedLook> looks,
        double alpha,
        BoundKind bound = BoundKind.Top)
        : base(selectionDraws, Last(looks).N, alpha, Last(looks).Alpha, bound)
    {
        ArgumentNullException.ThrowIfNull(radii);
        if (radii.Count == 0 || !radii.All(radius => radius >= 0 && double.IsFinite(radius)))
        {
            throw new CertiPureException(
                "A staged plan needs the radii it is to decide, each a finite number of at least 0.",
                ErrorReason.InvalidArgument);
        }

        _looks = [.. looks];
        _radii = [.. radii.Distinct().Order()];
        _interval = IntervalFor(EstimationDraws);
        bool ascending = _looks.Zip(_looks.Skip(1)).All(pair => pair.First.N < pair.Second.N);
        bool onCheckpoints = _looks.SkipLast(1).All(look => look.N > 0 && look.N % _interval == 0);
        if (!ascending || !onCheckpoints || !_looks.All(look => look.Alpha >= BinomialBound.LeastAlpha)
            || _looks.Sum(look => look.Alpha) > alpha)
        {
            throw new CertiPureException(
                $"The looks of a staged plan of {EstimationDraws} draws have to ascend in steps of {_interval} draws and spend at "
                + $"most alpha {alpha} together.",
                ErrorReason.InvalidArgument);
        }
    }

    /// <inheritdoc/>
    public override string Name => "staged";

    /// <summary>The number of draws between two checkpoints: 1 % of n, but 50 to 1,000.</summary>
    public int Interval => _interval;

    /// <inheritdoc/>
    public override IReadOnlyList<PlannedLook> Looks => _looks;

    /// <inheritdoc/>
    public override IReadOnlyList<double> Radii => _radii;

    /// <inheritdoc/>
    /// <exception cref="CertiPureException">At this sigma no requested radius is within reach of n draws.</exception>
    public override Estimation Begin(double sigma) =>
        new StagedEstimation(this, _thresholds.GetOrAdd(sigma, key => new Lazy<StagedThresholds>(() => new StagedThresholds(this, key))).Value);

    private static PlannedLook Last(IReadOnlyList<PlannedLook> looks)
    {
        ArgumentNullException.ThrowIfNull(looks);
        return looks.Count > 0
            ? looks[^1]
            : throw new CertiPureException("A staged plan needs at least one look.", ErrorReason.InvalidArgument);
    }

    private static int IntervalFor(int draws) => Math.Min(draws, Math.Clamp(draws / 100, 50, 1_000));

    private static List<PlannedLook> UsualLooks(int draws, double alpha)
    {
        int interval = IntervalFor(Math.Max(1, draws));
        var looks = new List<PlannedLook>();
        foreach ((int percent, double share) in EarlyLooks)
        {
            int n = Math.Max(1, (int)Math.Round(draws * (percent / 100.0) / interval)) * interval;
            if (n < draws && (looks.Count == 0 || n > looks[^1].N))
            {
                looks.Add(new PlannedLook(n, share * alpha));
            }
        }

        // The rest of alpha, rounded down until the sum is at most alpha in floating point too.
        double rest = alpha - looks.Sum(look => look.Alpha);
        while (looks.Sum(look => look.Alpha) + rest > alpha)
        {
            rest = Math.BitDecrement(rest);
        }

        looks.Add(new PlannedLook(draws, rest));
        return looks;
    }
}
