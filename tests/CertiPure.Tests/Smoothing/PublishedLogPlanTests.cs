using System.Globalization;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>
/// The staged plan against the fixed one on the same draws, for images whose class probabilities are those of published logs of
/// n = 100,000. The probability is the log's bound plus the width of its confidence interval; where the log abstains it says only
/// that the probability is about 1/2 or less, and it is spread evenly from 0.2 to 0.505.
/// </summary>
public sealed class PublishedLogPlanTests
{
    private static readonly double[] Radii = [0, 0.25, 0.5, 0.75, 1.0];

    [Theory]
    [InlineData("jh-jeong-consistency/cifar_resnet110-lbd_10.0-noise_0.25", 0.25, 0.65)]
    [InlineData("jh-jeong-consistency/cifar_resnet110-lbd_10.0-noise_0.50", 0.5, 0.45)]
    [InlineData("jh-jeong-consistency/cifar_resnet110-lbd_10.0-noise_1.00", 1.0, 0.45)]
    [InlineData("locuslab-smoothing/cifar10/resnet110/noise_0.25/test/sigma_0.25", 0.25, 0.65)]
    [InlineData("locuslab-smoothing/cifar10/resnet110/noise_0.50/test/sigma_0.50", 0.5, 0.45)]
    [InlineData("locuslab-smoothing/cifar10/resnet110/noise_1.00/test/sigma_1.00", 1.0, 0.45)]
    public void The_staged_plan_certifies_as_much_with_a_fraction_of_the_draws(string log, double sigma, double mostDraws)
    {
        string? data = Environment.GetEnvironmentVariable("CERTIPURE_DATA");
        string path = Path.Combine(data ?? "", "certify-logs", log);
        Assert.SkipUnless(data is not null && File.Exists(path), "CERTIPURE_DATA is not set or holds no published logs.");
        var staged = new StagedPlan(Radii);
        var exhaustive = new FixedPlan();
        var random = new Random(1);
        CohenRow[] all = [.. CohenLog.Read(path)];
        CohenRow[] rows = [.. all.Where((_, i) => i % (all.Length > 1000 ? 10 : 1) == 0)];
        long draws = 0;
        int[] stagedCertified = new int[Radii.Length];
        int[] fixedCertified = new int[Radii.Length];
        foreach (CohenRow row in rows)
        {
            int[] votes = Votes(Probability(row, sigma), random);
            (int used, double stagedRadius) = Run(staged.Begin(sigma), votes, sigma);
            (_, double fixedRadius) = Run(exhaustive.Begin(sigma), votes, sigma);
            draws += used;
            for (int i = 0; i < Radii.Length && row.IsCorrect; i++)
            {
                stagedCertified[i] += stagedRadius >= Radii[i] && stagedRadius > 0 ? 1 : 0;
                fixedCertified[i] += fixedRadius >= Radii[i] && fixedRadius > 0 ? 1 : 0;
            }
        }

        double share = draws / (10_000.0 * rows.Length);
        string differences = string.Join(", ", Radii.Select((radius, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{radius}: {100.0 * fixedCertified[i] / rows.Length:F2} -> {100.0 * stagedCertified[i] / rows.Length:F2} %")));
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{log}: {100 * share:F1} % of the draws; {differences}"));
        Assert.True(share <= mostDraws, $"{share:P1} of the draws");
        Assert.All(
            stagedCertified.Zip(fixedCertified),
            pair => Assert.True(pair.First >= pair.Second - (0.002 * rows.Length), differences));
    }

    private static double Probability(CohenRow row, double sigma)
    {
        if (row.Predicted is null)
        {
            return 0.2 + (0.305 * (row.Id * 0.6180339887498949 % 1));
        }

        double bound = NormalDistribution.Cdf(row.Radius / sigma);
        return Math.Min(1 - 1e-6, bound + (3.09 * Math.Sqrt(bound * (1 - bound) / 100_000)));
    }

    /// <summary>The votes after every 100 of 10,000 draws.</summary>
    private static int[] Votes(double p, Random random)
    {
        CountDistribution step = CountDistribution.Binomial(100, p);
        int[] votes = new int[100];
        int sum = 0;
        for (int i = 0; i < votes.Length; i++)
        {
            double u = random.NextDouble();
            int k = 0;
            while (k < step.Probabilities.Length - 1 && (u -= step.Probabilities[k]) > 0)
            {
                k++;
            }

            votes[i] = sum += step.First + k;
        }

        return votes;
    }

    private static (int Draws, double Radius) Run(Estimation estimation, int[] votes, double sigma)
    {
        while (!estimation.IsFinished)
        {
            estimation.Observe(votes[(estimation.NextCheckpoint / 100) - 1]);
        }

        return (estimation.NextCheckpoint, BinomialBound.Radius(BinomialBound.Lower(estimation.Looks), sigma));
    }
}
