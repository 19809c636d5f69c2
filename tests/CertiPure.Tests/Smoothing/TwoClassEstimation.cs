using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>Estimations of two classes, where the votes for the first say everything.</summary>
internal static class TwoClassEstimation
{
    /// <summary>Tells the votes for the first class, which the selection draws chose.</summary>
    internal static void Observe(this Estimation estimation, int k)
    {
        if (estimation.Selected is null)
        {
            estimation.Select(new VoteCounts([1, 0]));
        }

        estimation.Observe(new VoteCounts([k, estimation.NextCheckpoint - k]));
    }
}
