namespace CertiPure.Smoothing;

/// <summary>The plan's decisions at one sigma as integers. Radii are named by their number in ascending order.</summary>
internal sealed class StagedThresholds
{
    internal StagedThresholds(StagedPlan plan, double sigma)
    {
        Sigma = sigma;
        PlannedLook last = plan.Looks[^1];
        Reachable = plan.Radii.TakeWhile(
            radius => BinomialBound.SuccessesNeeded(radius, sigma, last.N, last.Alpha) is not null).Count();
        if (Reachable == 0)
        {
            throw new CertiPureException(
                $"At sigma {sigma} even {last.N} draws that all agree certify none of the requested radii; take smaller radii or "
                + "more draws.",
                ErrorReason.Refused);
        }

        Certify = plan.Looks.ToDictionary(
            look => look.N,
            look => plan.Radii.Take(Reachable)
                .Select(radius => BinomialBound.SuccessesNeeded(radius, sigma, look.N, look.Alpha) ?? int.MaxValue)
                .ToArray());
        GiveUp = new int[(last.N + plan.Interval - 1) / plan.Interval][];
        int[] previous = [.. Enumerable.Repeat(-1, Reachable)];
        for (int checkpoint = 0; checkpoint < GiveUp.Length; checkpoint++)
        {
            int n = Math.Min(last.N, (checkpoint + 1) * plan.Interval);
            previous = [.. previous.Select((least, r) =>
                MostVotesToGiveUp(n, NormalDistribution.Cdf(plan.Radii[r] / sigma), least, plan.Interval))];
            GiveUp[checkpoint] = previous;
        }
    }

    /// <summary>The noise level in pixel space.</summary>
    internal double Sigma { get; }

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
