using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.SamplingPlans;

/// <summary>Compares candidate plans with the fixed and with the first staged one, over recorded images and over all truths.</summary>
internal static class Search
{
    /// <summary>Prints one line per plan.</summary>
    /// <param name="folders">Recordings, one or more for each sigma.</param>
    internal static void Print(IReadOnlyList<string> folders)
    {
        Population[] populations = [.. folders.Select(Population.Read)];
        double[] sigmas = [.. populations.Select(population => population.Sigma).Distinct().Order()];
        Dictionary<double, PlanCurve> exhaustive = Curves(CandidatePlan.Fixed, sigmas);
        Dictionary<double, PlanCurve> first = Curves(CandidatePlan.First, sigmas);
        Console.WriteLine("Per recording: share of the draws, largest change of certified accuracy in points against fixed.");
        Console.WriteLine("Then over all truths: the largest loss of power against fixed and against the first plan, and the ratio of draws to the latter's.");
        foreach (CandidatePlan plan in CandidatePlan.All())
        {
            Dictionary<double, PlanCurve> curves = Curves(plan, sigmas);
            string[] measured = [.. populations.Select(population => population.Compare(curves[population.Sigma], exhaustive[population.Sigma]))];
            double[] ratios = [.. sigmas.SelectMany(sigma => curves[sigma].Draws.Zip(first[sigma].Draws, (own, other) => own / other))];
            Console.WriteLine(
                $"{plan.Name,-40} {string.Join("  ", measured)}  power -{Loss(curves, exhaustive):0.000} -{Loss(curves, first):0.000}, draws x{ratios.Min():0.00} to x{ratios.Max():0.00}");
        }
    }

    private static double Loss(Dictionary<double, PlanCurve> plan, Dictionary<double, PlanCurve> other) =>
        plan.Max(pair => pair.Value.Power.Zip(other[pair.Key].Power)
            .Max(powers => powers.First.Zip(powers.Second, (own, others) => others - own).Max()));

    private static Dictionary<double, PlanCurve> Curves(CandidatePlan plan, double[] sigmas) =>
        sigmas.ToDictionary(sigma => sigma, sigma => PlanCurve.Of(plan, sigma));

    /// <summary>Recorded images by the truth next to their share of votes.</summary>
    private sealed record Population(double Sigma, IReadOnlyList<(int Truth, bool IsRight)> Images)
    {
        internal static Population Read(string folder)
        {
            Experiment experiment = RunManifest.Read(Path.Combine(folder, RunFolder.ManifestName)).Experiment;
            return new Population(
                experiment.Sigma,
                [.. VoteRecord.Read(folder)
                    .Select(record => (PlanCurve.Nearest((record.Votes[^1] + 0.5) / (experiment.N + 1)), record.IsRight))]);
        }

        internal string Compare(PlanCurve plan, PlanCurve exhaustive)
        {
            double share = Images.Average(image => plan.Draws[image.Truth]) / exhaustive.Draws[0];
            double change = Enumerable.Range(0, CertifiedAccuracy.DefaultRadii.Count)
                .Select(r => Images.Average(image =>
                    image.IsRight ? plan.Power[image.Truth][r] - exhaustive.Power[image.Truth][r] : 0))
                .MinBy(difference => -Math.Abs(difference));
            return $"{100 * share:00.0} % {100 * change,5:0.00}";
        }
    }
}
