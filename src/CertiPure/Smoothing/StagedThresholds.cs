namespace CertiPure.Smoothing;

/// <summary>The plan's decisions at one sigma as integers. Radii are named by their number in ascending order.</summary>
internal sealed class StagedThresholds
{
    private readonly StagedPlan _plan;

    /// <summary>For a look's number of draws the votes that certify each radius.</summary>
    private readonly Dictionary<int, int[]> _certify;

    /// <summary>For each checkpoint the most votes with which each radius is given up, -1 for none.</summary>
    private readonly int[][] _giveUp;

    internal StagedThresholds(StagedPlan plan, double sigma)
    {
        Sigma = sigma;
        _plan = plan;
        PlannedLook last = plan.Looks[^1];
        int reachable = plan.Radii.TakeWhile(
            radius => BinomialBound.SuccessesNeeded(radius, sigma, last.N, last.Alpha) is not null).Count();
        if (reachable == 0)
        {
            throw new CertiPureException(
                $"At sigma {sigma} even {last.N} draws that all agree certify none of the requested radii; take smaller radii or "
                + "more draws.",
                ErrorReason.Refused);
        }

        Start = new StagedDecisions(0, reachable);
        _certify = plan.Looks.ToDictionary(
            look => look.N,
            look => plan.Radii.Take(reachable)
                .Select(radius => BinomialBound.SuccessesNeeded(radius, sigma, look.N, look.Alpha) ?? int.MaxValue)
                .ToArray());
        _giveUp = new int[(last.N + plan.Interval - 1) / plan.Interval][];
        int[] previous = [.. Enumerable.Repeat(-1, reachable)];
        for (int checkpoint = 0; checkpoint < _giveUp.Length; checkpoint++)
        {
            int n = Math.Min(last.N, (checkpoint + 1) * plan.Interval);
            previous = [.. previous.Select((least, r) =>
                MostVotesToGiveUp(n, NormalDistribution.Cdf(plan.Radii[r] / sigma), least, plan.Interval))];
            _giveUp[checkpoint] = previous;
        }
    }

    /// <summary>The noise level in pixel space.</summary>
    internal double Sigma { get; }

    /// <summary>Before the first draw: what all n draws could not certify is given up.</summary>
    internal StagedDecisions Start { get; }

    /// <summary>Whether there is a look after so many draws.</summary>
    internal bool IsLook(int n) => _certify.ContainsKey(n);

    /// <summary>Decides by the votes at a checkpoint.</summary>
    /// <param name="before">What was decided before.</param>
    /// <param name="n">The draws so far.</param>
    /// <param name="k">Those of them that voted for the class.</param>
    internal StagedDecisions Decide(StagedDecisions before, int n, int k)
    {
        (int certified, int givenUp) = before;
        if (_certify.TryGetValue(n, out int[]? needed))
        {
            while (certified < givenUp && k >= needed[certified])
            {
                certified++;
            }
        }

        int[] giveUp = _giveUp[(n - 1) / _plan.Interval];
        while (givenUp > certified && k <= giveUp[givenUp - 1])
        {
            givenUp--;
        }

        return new StagedDecisions(certified, givenUp);
    }

    /// <summary>Whether no draw is wanted after so many.</summary>
    internal bool IsFinished(StagedDecisions decisions, int n) =>
        n == _plan.EstimationDraws || decisions.Certified == decisions.GivenUp;

    /// <summary>The largest k with P[Bin(n, p) &lt;= k] &lt;= 0.001; it grows with n, by at most the interval.</summary>
    private static int MostVotesToGiveUp(int n, double p, int previous, int interval)
    {
        int low = previous;
        int high = Math.Min(n, previous + interval + 1);
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (BinomialTail.AtMost(middle, n, p).Value <= StagedPlan.GiveUpProbability)
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

/// <summary>What is decided of the radii, which are numbered in ascending order.</summary>
/// <param name="Certified">Those below this number are certified.</param>
/// <param name="GivenUp">Those from this number on are given up.</param>
internal readonly record struct StagedDecisions(int Certified, int GivenUp);
