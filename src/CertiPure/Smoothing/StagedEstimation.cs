namespace CertiPure.Smoothing;

/// <summary>The estimation of one image under a <see cref="StagedPlan"/>.</summary>
internal sealed class StagedEstimation : Estimation
{
    private readonly StagedPlan _plan;
    private readonly StagedThresholds _thresholds;

    /// <summary>The radii below this number are certified.</summary>
    private int _certified;

    /// <summary>The radii from this number on are given up.</summary>
    private int _givenUp;

    /// <summary>The best bounds over the looks so far.</summary>
    private double _lower;
    private double _upper = 1;

    internal StagedEstimation(StagedPlan plan, StagedThresholds thresholds)
        : base(plan.Bound)
    {
        _plan = plan;
        _thresholds = thresholds;
        _givenUp = thresholds.Reachable;
        NextCheckpoint = Math.Min(plan.Interval, plan.EstimationDraws);
    }

    private protected override void Advance(VoteCounts votes, int k)
    {
        int n = NextCheckpoint;
        bool isLook = _thresholds.Certify.TryGetValue(n, out int[]? needed);
        if (isLook)
        {
            Record(votes, _plan.Looks.First(look => look.N == n).Alpha);
        }

        if (CountsRival)
        {
            DecideByMargin(votes, isLook);
        }
        else
        {
            Decide(k, needed, _thresholds.GiveUp[(n - 1) / _plan.Interval]);
        }

        IsFinished = n == _plan.EstimationDraws || _certified == _givenUp;
        if (!IsFinished)
        {
            NextCheckpoint = Math.Min(n + _plan.Interval, _plan.EstimationDraws);
        }
    }

    private void Decide(int k, int[]? needed, int[] giveUp)
    {
        while (needed is not null && _certified < _givenUp && k >= needed[_certified])
        {
            _certified++;
        }

        while (_givenUp > _certified && k <= giveUp[_givenUp - 1])
        {
            _givenUp--;
        }
    }

    private void DecideByMargin(VoteCounts votes, bool isLook)
    {
        double sigma = _thresholds.Sigma;
        if (isLook)
        {
            (_lower, _upper, double radius, bool isCertified) = MarginBound.Of(Looks, sigma);
            while (_certified < _givenUp && isCertified && radius >= _plan.Radii[_certified])
            {
                _certified++;
            }
        }

        if (_givenUp > _certified && votes.Total < _plan.EstimationDraws)
        {
            double within = Math.Min(Plausible(votes, sigma), Reachable(votes, sigma));
            while (_givenUp > _certified && !(_plan.Radii[_givenUp - 1] <= within))
            {
                _givenUp--;
            }
        }
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
