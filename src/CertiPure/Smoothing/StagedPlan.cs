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
/// costs no alpha, only a little power. Radii beyond the reach of all n draws are not waited for.
/// </remarks>
public sealed class StagedPlan : SamplingPlan
{
    /// <summary>The early looks: after how many percent of the draws, and the share of alpha each spends. Found by exact
    /// computation over all truths: see docs/method.md.</summary>
    private static readonly (int Percent, double Share)[] EarlyLooks = [(2, 0.02), (6, 0.02), (16, 0.02), (40, 0.02), (69, 0.1)];

    /// <summary>A radius is given up where so few votes have at most this probability.</summary>
    private const double GiveUpProbability = 0.001;

    private readonly double[] _radii;
    private readonly PlannedLook[] _looks;
    private readonly int _interval;
    private readonly ConcurrentDictionary<double, Lazy<Thresholds>> _thresholds = new();

    /// <summary>Makes the plan with its usual looks: after 2, 6, 16 and 40 % of the draws with 2 % of alpha each, after 69 % with
    /// 10 %, and at the end with the rest.</summary>
    /// <param name="radii">The radii in pixel space to be decided, each at least 0.</param>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="estimationDraws">n, at least 11 at alpha 0.001.</param>
    /// <param name="alpha">The error probability, 0 &lt; alpha &lt; 1.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    public StagedPlan(
        IReadOnlyList<double> radii, int selectionDraws = 100, int estimationDraws = 10_000, double alpha = 0.001)
        : this(radii, selectionDraws, UsualLooks(estimationDraws, alpha), alpha)
    {
    }

    /// <summary>Makes the plan with looks of one's own.</summary>
    /// <param name="radii">The radii in pixel space to be decided, each at least 0.</param>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="looks">The looks in order of draws, after multiples of <see cref="Interval"/> apart from the last; the last
    /// has all n draws. Their alphas sum to at most <paramref name="alpha"/>.</param>
    /// <param name="alpha">The error probability, 0 &lt; alpha &lt; 1.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    public StagedPlan(IReadOnlyList<double> radii, int selectionDraws, IReadOnlyList<PlannedLook> looks, double alpha)
        : base(selectionDraws, Last(looks).N, alpha, Last(looks).Alpha, BoundKind.Top)
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
        new Staged(this, _thresholds.GetOrAdd(sigma, key => new Lazy<Thresholds>(() => new Thresholds(this, key))).Value);

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

    /// <summary>The plan's decisions at one sigma as integers. Radii are named by their number in ascending order.</summary>
    private sealed class Thresholds
    {
        internal Thresholds(StagedPlan plan, double sigma)
        {
            PlannedLook last = plan._looks[^1];
            Reachable = plan._radii.TakeWhile(
                radius => BinomialBound.SuccessesNeeded(radius, sigma, last.N, last.Alpha) is not null).Count();
            if (Reachable == 0)
            {
                throw new CertiPureException(
                    $"At sigma {sigma} even {last.N} draws that all agree certify none of the requested radii; take smaller radii or "
                    + "more draws.",
                    ErrorReason.Refused);
            }

            Certify = plan._looks.ToDictionary(
                look => look.N,
                look => plan._radii.Take(Reachable)
                    .Select(radius => BinomialBound.SuccessesNeeded(radius, sigma, look.N, look.Alpha) ?? int.MaxValue)
                    .ToArray());
            GiveUp = new int[(last.N + plan._interval - 1) / plan._interval][];
            int[] previous = [.. Enumerable.Repeat(-1, Reachable)];
            for (int checkpoint = 0; checkpoint < GiveUp.Length; checkpoint++)
            {
                int n = Math.Min(last.N, (checkpoint + 1) * plan._interval);
                previous = [.. previous.Select((least, r) =>
                    MostVotesToGiveUp(n, NormalDistribution.Cdf(plan._radii[r] / sigma), least, plan._interval))];
                GiveUp[checkpoint] = previous;
            }
        }

        /// <summary>The number of radii that all n draws could certify.</summary>
        internal int Reachable { get; }

        /// <summary>For a look's number of draws the votes that certify each radius.</summary>
        internal Dictionary<int, int[]> Certify { get; }

        /// <summary>For each checkpoint the most votes with which each radius is given up, -1 for none.</summary>
        internal int[][] GiveUp { get; }

        /// <summary>The largest k with P[Bin(n, p) &lt;= k] &lt;= 0.001; it grows with n, by at most the interval.</summary>
        private static int MostVotesToGiveUp(int n, double p, int previous, int interval)
        {
            int low = previous;
            int high = Math.Min(n, previous + interval + 1);
            while (high - low > 1)
            {
                int middle = low + ((high - low) / 2);
                if (BinomialTail.AtMost(middle, n, p).Value <= GiveUpProbability)
                {
                    low = middle;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }

    private sealed class Staged : Estimation
    {
        private readonly StagedPlan _plan;
        private readonly Thresholds _thresholds;

        /// <summary>The radii below this number are certified.</summary>
        private int _certified;

        /// <summary>The radii from this number on are given up.</summary>
        private int _givenUp;

        internal Staged(StagedPlan plan, Thresholds thresholds)
        {
            _plan = plan;
            _thresholds = thresholds;
            _givenUp = thresholds.Reachable;
            NextCheckpoint = Math.Min(plan._interval, plan.EstimationDraws);
        }

        private protected override void Advance(VoteCounts votes, int k)
        {
            int n = NextCheckpoint;
            if (_thresholds.Certify.TryGetValue(n, out int[]? needed))
            {
                Record(votes, _plan._looks.First(look => look.N == n).Alpha);
                while (_certified < _givenUp && k >= needed[_certified])
                {
                    _certified++;
                }
            }

            int[] giveUp = _thresholds.GiveUp[(n - 1) / _plan._interval];
            while (_givenUp > _certified && k <= giveUp[_givenUp - 1])
            {
                _givenUp--;
            }

            IsFinished = n == _plan.EstimationDraws || _certified == _givenUp;
            if (!IsFinished)
            {
                NextCheckpoint = Math.Min(n + _plan._interval, _plan.EstimationDraws);
            }
        }
    }
}
