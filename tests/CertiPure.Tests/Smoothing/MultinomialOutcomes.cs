using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>All outcomes of a few draws from a few classes.</summary>
internal static class MultinomialOutcomes
{
    /// <summary>Every way in which the draws may fall on the classes.</summary>
    internal static IEnumerable<int[]> Of(int draws, int classes)
    {
        int[] votes = new int[classes];
        return Fill(0, draws);

        IEnumerable<int[]> Fill(int label, int left)
        {
            if (label == classes - 1)
            {
                votes[label] = left;
                yield return votes;
                yield break;
            }

            for (int count = 0; count <= left; count++)
            {
                votes[label] = count;
                foreach (int[] whole in Fill(label + 1, left - count))
                {
                    yield return whole;
                }
            }
        }
    }

    /// <summary>The probability of an outcome.</summary>
    internal static double Probability(int[] votes, double[] truth)
    {
        double logarithm = MathNet.Numerics.SpecialFunctions.GammaLn(votes.Sum() + 1);
        for (int label = 0; label < votes.Length; label++)
        {
            if (votes[label] > 0)
            {
                logarithm += (votes[label] * Math.Log(truth[label])) - MathNet.Numerics.SpecialFunctions.GammaLn(votes[label] + 1);
            }
        }

        return Math.Exp(logarithm);
    }

    /// <summary>The true radius of a class in units of sigma; negative where another class is as probable.</summary>
    internal static double TrueRadius(double[] truth, int label)
    {
        double other = truth.Where((_, index) => index != label).Max();
        return truth[label] > other
            ? (NormalDistribution.Quantile(truth[label]) - NormalDistribution.Quantile(Math.Max(other, 1e-300))) / 2
            : -1;
    }
}
