namespace CertiPure.Smoothing;

/// <summary>The estimation of one image under a <see cref="StagedPlan"/>.</summary>
internal sealed class StagedEstimation : Estimation
{
    private readonly StagedPlan _plan;
    private readonly StagedThresholds _thresholds;

    private StagedDecisions _decisions;

    /// <summary>The best bounds over the looks so far.</summary>
    private double _lower;
    private double _upper = 1;

    internal StagedEstimation(StagedPlan plan, StagedThresholds thresholds)
        : base(plan.Bound)
    {
        _plan = plan;
        _thresholds = thresholds;
        _decisions = thresholds.Start;
        NextCheckpoint = Math.Min(plan.Interval, plan.EstimationDraws);
    }

    private protected override void Advance(VoteCounts votes, int k)
    {
        int n = NextCheckpoint;
        bool isLook = _thresholds.IsLook(n);
        if (isLook)
        {
            Record(votes, _plan.Looks.First(look => look.N == n).Alpha);
        }

        _decisions = CountsRival ? DecideByMargin(_decisions, votes, isLook) : _thresholds.Decide(_decisions, n, k);
        IsFinished = _thresholds.IsFinished(_decisions, n);
        if (!IsFinished)
        {
            NextCheckpoint = Math.Min(n + _plan.Interval, _plan.EstimationDraws);
        }
    }

    private StagedDecisions DecideByMargin(StagedDecisions before, VoteCounts votes, bool isLook)
    {
        (int certified, int givenUp) = before;
        double sigma = _thresholds.Sigma;
        if (isLook)
        {
            (_lower, _upper, double radius, bool isCertified) = MarginBound.Of(Looks, sigma);
            while (certified < givenUp && isCertified && radius >= _plan.Radii[certified])
            {
                certified++;
            }
        }

        if (givenUp > certified && votes.Total < _plan.EstimationDraws)
        {
            double within = Math.Min(Plausible(votes, sigma), Reachable(votes, sigma));
            while (givenUp > certified && !(_plan.Radii[givenUp - 1] <= within))
            {
                givenUp--;
            }
        }

        return new StagedDecisions(certified, givenUp);
    }

    /// <summary>The largest true radius that the votes leave plausible; negative where the class plausibly loses to its rival.</summary>
    private double Plausible(VoteCounts votes, double sigma)
    {
        int k = votes[Selected!.Value];
        int rival = votes[votes.StrongestBut(Selected.Value)!.Value];
        double high = BinomialBound.Upper(k, votes.Total, StagedPlan.GiveUpProbability / 2);
        double low = BinomialBound.Lower(rival, votes.Total, StagedPlan.GiveUpProbability / 2);
        return high == 1 || low == 0
            ? double.PositiveInfinity
            : sigma / 2 * (NormalDistribution.Quantile(high) - NormalDistribution.Quantile(low));
    }

    /// <summary>The radius that the last look would give if all remaining draws voted for the class.</summary>
    private double Reachable(VoteCounts votes, double sigma)
    {
        int[] best = votes.ToArray();
        best[Selected!.Value] += _plan.EstimationDraws - votes.Total;
        Look[] last = [Imagine(best, _plan.Looks[^1].Alpha)];
        double lower = Math.Max(_lower, BinomialBound.Lower(last));
        double upper = Math.Min(_upper, BinomialBound.UpperOfOthers(last, lower));
        return MarginBound.IsCertified(lower, upper) ? MarginBound.Radius(lower, upper, sigma) : -1;
    }
}
