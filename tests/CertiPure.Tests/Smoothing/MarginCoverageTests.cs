using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>The probability that the margin bound claims more than the truth, summed over every outcome of the selection and of the
/// counted draws: nothing is simulated.</summary>
public sealed class MarginCoverageTests(ITestOutputHelper output)
{
    private const int SelectionDraws = 12;

    /// <summary>Truths of three and four classes, the hard ones among them: ties, a class at one half, many equal rivals.</summary>
    private static readonly double[][] Truths =
    [
        [0.5, 0.5, 0], [0.5, 0.25, 0.25], [1.0 / 3, 1.0 / 3, 1.0 / 3], [0.45, 0.45, 0.1], [0.45, 0.35, 0.2], [0.6, 0.2, 0.2], [0.8, 0.19, 0.01],
        [0.9, 0.05, 0.05], [0.98, 0.01, 0.01],
        [0.25, 0.25, 0.25, 0.25], [0.28, 0.24, 0.24, 0.24], [0.4, 0.2, 0.2, 0.2], [0.4, 0.4, 0.1, 0.1], [0.5, 0.5, 0, 0], [0.5, 0.3, 0.1, 0.1],
        [0.7, 0.1, 0.1, 0.1], [0.85, 0.05, 0.05, 0.05], [0.97, 0.01, 0.01, 0.01],
    ];

    public static TheoryData<int, double> Cases => new() { { 20, 0.05 }, { 30, 0.05 }, { 40, 0.05 }, { 20, 0.1 }, { 30, 0.1 }, { 40, 0.1 } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_errs_with_probability_at_most_alpha_whatever_the_truth(int n, double alpha)
    {
        double worst = 0;
        foreach (double[] truth in Truths)
        {
            double error = ErrorOf(truth, n, alpha, chooseAgain: false);
            output.WriteLine($"n = {n}, alpha = {alpha}, truth {string.Join(' ', truth)}: {error:G4}");
            Assert.True(error <= alpha, $"{error:R} at {string.Join(' ', truth)}");
            worst = Math.Max(worst, error);
        }

        // At a class of one half against one rival the bound is Cohen's, and Clopper and Pearson's uses most of alpha.
        Assert.True(worst >= 0.35 * alpha, $"Only {worst:R} of alpha is used.");
    }

    /// <summary>Choosing the class again from the counted draws is what the bound must not do.</summary>
    [Fact]
    public void Choosing_the_class_from_the_counted_draws_would_err_with_more_than_alpha()
    {
        Assert.True(ErrorOf([0.5, 0.5, 0], 40, 0.05, chooseAgain: true) > 0.05);
    }

    private static double ErrorOf(double[] truth, int n, double alpha, bool chooseAgain)
    {
        double error = 0;
        var chances = new Dictionary<(int Selected, double Share), double>();
        foreach (int[] selection in MultinomialOutcomes.Of(SelectionDraws, truth.Length))
        {
            if (Possible(selection, truth))
            {
                var votes = new VoteCounts(selection);
                (int, double) key = (votes.Top, MarginBound.ShareOf(votes));
                chances[key] = chances.GetValueOrDefault(key) + MultinomialOutcomes.Probability(selection, truth);
            }
        }

        Assert.Equal(1, chances.Values.Sum(), 1e-9);
        double[] trueRadii = [.. truth.Select((_, label) => MultinomialOutcomes.TrueRadius(truth, label))];
        foreach (((int selected, double share), double chance) in chances)
        {
            double[] lower = [.. Enumerable.Range(0, n + 1).Select(k => BinomialBound.Lower(k, n, share * alpha))];
            double[] upper = [.. Enumerable.Range(0, n + 1).Select(k => share < 1 ? BinomialBound.Upper(k, n, (1 - share) * alpha) : 1)];
            foreach (int[] votes in MultinomialOutcomes.Of(n, truth.Length))
            {
                if (!Possible(votes, truth))
                {
                    continue;
                }

                int label = chooseAgain ? Array.IndexOf(votes, votes.Max()) : selected;
                double low = lower[votes[label]];
                double high = Math.Min(upper[votes.Where((_, other) => other != label).Max()], BinomialBound.UpperOfOthers([], low));
                bool claimsTooMuch = MarginBound.IsCertified(low, high) && MarginBound.Radius(low, high, 1) > trueRadii[label] + 1e-12;
                error += claimsTooMuch ? chance * MultinomialOutcomes.Probability(votes, truth) : 0;
            }
        }

        return error;
    }

    private static bool Possible(int[] votes, double[] truth) => !votes.Where((count, label) => count > 0 && truth[label] == 0).Any();
}
