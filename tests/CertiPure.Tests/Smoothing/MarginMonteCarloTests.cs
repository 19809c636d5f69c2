using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>The plans themselves on drawn votes, selection included: how often a certificate claims more than the truth.</summary>
[Trait("group", "long")]
public sealed class MarginMonteCarloTests(ITestOutputHelper output)
{
    private const double Alpha = 0.05;
    private const int Trials = 200_000;

    public static TheoryData<string, double[]> Cases => new()
    {
        { "fixed", [0.5, 0.5, 0, 0] }, { "fixed", [0.3, 0.3, 0.2, 0.2] }, { "fixed", [0.25, 0.25, 0.25, 0.25] }, { "fixed", [0.5, 0.3, 0.1, 0.1] },
        { "staged", [0.5, 0.5, 0, 0] }, { "staged", [0.3, 0.3, 0.2, 0.2] }, { "staged", [0.25, 0.25, 0.25, 0.25] }, { "staged", [0.5, 0.3, 0.1, 0.1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_certificate_claims_more_than_the_truth_with_probability_at_most_alpha(string name, double[] truth)
    {
        SamplingPlan plan = name == "fixed"
            ? new FixedPlan(20, 200, Alpha, BoundKind.Margin)
            : new StagedPlan([0, 0.25, 0.5], 20, 200, Alpha, BoundKind.Margin);
        double[] trueRadii = [.. truth.Select((_, label) => MultinomialOutcomes.TrueRadius(truth, label))];
        int errors = Enumerable.Range(0, 100).AsParallel().Sum(seed =>
        {
            var random = new Random(seed);
            return Enumerable.Range(0, Trials / 100).Count(_ => ClaimsTooMuch(plan, truth, trueRadii, random));
        });
        output.WriteLine($"{name} {string.Join(' ', truth)}: {errors} of {Trials} = {(double)errors / Trials:P3}");
        // At the rate alpha more errors than this have a probability of 1e-6.
        Assert.True(errors <= (Trials * Alpha) + (4.76 * Math.Sqrt(Trials * Alpha * (1 - Alpha))), $"{errors} of {Trials}");
    }

    private static bool ClaimsTooMuch(SamplingPlan plan, double[] truth, double[] trueRadii, Random random)
    {
        Estimation estimation = plan.Begin(1);
        estimation.Select(Draw(new VoteCounts(truth.Length), plan.SelectionDraws));
        var votes = new VoteCounts(truth.Length);
        while (!estimation.IsFinished)
        {
            estimation.Observe(Draw(votes, estimation.NextCheckpoint - votes.Total));
        }

        (_, _, double radius, bool isCertified) = MarginBound.Of(estimation.Looks, 1);
        return isCertified && radius > trueRadii[estimation.Selected!.Value] + 1e-12;

        VoteCounts Draw(VoteCounts counts, int draws)
        {
            for (int i = 0; i < draws; i++)
            {
                double place = random.NextDouble();
                int label = 0;
                while (label < truth.Length - 1 && (place -= truth[label]) >= 0)
                {
                    label++;
                }

                counts.Add(label);
            }

            return counts;
        }
    }
}
