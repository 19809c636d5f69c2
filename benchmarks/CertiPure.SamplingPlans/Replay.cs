using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.SamplingPlans;

/// <summary>What other plans would have made of a recorded run: the same draws, looked at when each plan looks, and no second
/// forward pass.</summary>
internal static class Replay
{
    /// <summary>Prints the share of draws and the certified accuracy of the staged plan beside the fixed one's.</summary>
    /// <param name="folder">The recording.</param>
    internal static void Print(string folder)
    {
        Experiment experiment = RunManifest.Read(Path.Combine(folder, RunFolder.ManifestName)).Experiment;
        IReadOnlyList<VoteRecord> records = VoteRecord.Read(folder);
        IReadOnlyList<double> radii = CertifiedAccuracy.DefaultRadii;
        var exhaustive = new FixedPlan(experiment.N0, experiment.N, experiment.Alpha);
        var staged = new StagedPlan(radii, experiment.N0, experiment.N, experiment.Alpha);
        var before = records.Select(record => Run(exhaustive, record, experiment.Sigma)).ToArray();
        var after = records.Select(record => Run(staged, record, experiment.Sigma)).ToArray();
        double share = after.Average(outcome => outcome.Draws) / experiment.N;
        Console.WriteLine(
            $"{experiment.Purifier.Method} + {experiment.Classifier.Name}, sigma {experiment.Sigma}, {records.Count} images: "
            + $"{share:P1} of the draws");
        foreach ((int i, double radius) in radii.Index())
        {
            int[] certified = [.. new[] { before, after }.Select(outcomes => outcomes.Index()
                .Count(pair => records[pair.Index].IsRight && pair.Item.Bound > 0.5 && pair.Item.Radius >= radius))];
            Console.WriteLine(
                $"  certified at {radius:0.00}: fixed {(double)certified[0] / records.Count:P1}, staged "
                + $"{(double)certified[1] / records.Count:P1} ({certified[1] - certified[0]:+0;-0;0} images)");
        }
    }

    private static (int Draws, double Bound, double Radius) Run(SamplingPlan plan, VoteRecord record, double sigma)
    {
        Estimation estimation = plan.Begin(sigma);
        // Recorded are the votes for the selected class; the others were one class to this bound.
        estimation.Select(new VoteCounts([1, 0]));
        while (!estimation.IsFinished)
        {
            int k = record.Votes[(estimation.NextCheckpoint / VoteRecord.Interval) - 1];
            estimation.Observe(new VoteCounts([k, estimation.NextCheckpoint - k]));
        }

        double bound = BinomialBound.Lower(estimation.Looks);
        return (estimation.NextCheckpoint, bound, BinomialBound.Radius(bound, sigma));
    }
}
