using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>The probability with which certified routing claims something false, summed exactly over all outcomes.</summary>
public sealed class RoutedCertificationTests
{
    private const int N = 26;
    private const double Alpha = 0.05;
    private const double Sigma = 0.5;

    [Theory]
    [InlineData(0.5, 0.0, 0.2, 0.3)]
    [InlineData(0.5, 0.0, 0.0, 0.5)]
    [InlineData(0.25, 0.25, 0.25, 0.25)]
    [InlineData(0.45, 0.3, 0.05, 0.2)]
    [InlineData(0.8, 0.1, 0.05, 0.05)]
    [InlineData(0.0, 0.5, 0.5, 0.0)]
    [InlineData(0.1, 0.6, 0.25, 0.05)]
    [InlineData(0.9, 0.05, 0.05, 0.0)]
    public void A_false_claim_has_at_most_the_probability_alpha(
        double smoothedRight, double smoothedWrong, double plainRight, double plainWrong)
    {
        // A draw is of one of four kinds with these probabilities; "right" is class 0.
        double[] probabilities = [smoothedRight, smoothedWrong, plainRight, plainWrong];
        foreach (bool smoothedRoute in (bool[])[true, false])
        {
            foreach (int plainAnswer in (int[])[0, 1])
            {
                double error = Sum(probabilities, smoothedRoute, plainAnswer, IsFalse);
                Assert.InRange(error, 0, Alpha);
            }
        }
    }

    [Fact]
    public void Selection_and_estimation_never_share_draws_and_every_draw_is_handed_out_once()
    {
        var certification = new RoutedCertification(
            ScriptedClassifier.Image(0), 2, Sigma, 0, new RoutedPlan(10, N, Alpha), new NoiseSource(1));
        var draws = new List<Draw>();
        while (certification.TryTake(speculative: true, out Draw draw))
        {
            draws.Add(draw);
        }

        Assert.Equal(
            [
                .. Enumerable.Range(0, 10).Select(i => new Draw(NoisePhase.Selection, i)),
                .. Enumerable.Range(0, N).Select(i => new Draw(NoisePhase.Estimation, i)),
            ],
            draws);
    }

    [Fact]
    public void The_bound_is_not_far_from_the_truth_and_half_of_alpha_is_needed()
    {
        // A route as probable as not, with a class that is sure: every certified route is an error.
        double atThreshold = Sum([0.5, 0, 0.5, 0], smoothedRoute: true, plainAnswer: 0, IsFalse);
        Assert.InRange(atThreshold, 0.2 * Alpha, Alpha / 2);

        // With all of alpha for either bound, the errors of one and of the other together exceed it.
        double WithLookAlpha(double alpha) =>
            Sum([0.5, 0.25, 0.25, 0], smoothedRoute: true, plainAnswer: 0, (certificate, p) =>
                BinomialBound.Lower(certificate.Looks[0].K, N, alpha) > p[0] + p[2]
                || BinomialBound.Lower(certificate.Routing!.Look.K, N, alpha) > p[0] + p[1]);
        Assert.True(WithLookAlpha(Alpha) > Alpha);
        Assert.True(WithLookAlpha(Alpha / 2) <= Alpha);
    }

    [Theory]
    [InlineData(9, 26, 26, 0, 0, 26)]
    [InlineData(9, 26, 26, 1, 0, 26)]
    [InlineData(9, 14, 26, 0, null, 26)]
    [InlineData(0, 26, 26, 1, 1, 26)]
    [InlineData(9, 26, 14, 0, 0, 14)]
    [InlineData(9, 26, 14, 1, null, 14)]
    [InlineData(9, 14, 14, 0, null, 14)]
    public void Each_route_answers_as_it_is_certified(
        int selectionSmoothed, int classVotes, int routeVotes, int plainAnswer, int? predicted, int routeInLog)
    {
        Certificate certificate = Certify(selectionSmoothed, classVotes, routeVotes, plainAnswer);
        Assert.Equal(predicted, certificate.Predicted);
        Assert.Equal(routeInLog, certificate.Routing!.Look.K);
        double wanted = predicted == 0 && selectionSmoothed > 5 && routeVotes == 26
            ? BinomialBound.Radius(Math.Min(certificate.LowerBound, certificate.Routing.LowerBound), Sigma)
            : 0;
        Assert.Equal(wanted, certificate.Radius);
    }

    /// <summary>Feeds ten selection draws of class 0 and N estimation draws in which the votes overlap as much as they can.</summary>
    private static Certificate Certify(int selectionSmoothed, int classVotes, int routeVotes, int plainAnswer)
    {
        bool smoothed = selectionSmoothed > 5;
        return Certify(
            [.. Enumerable.Range(0, 10).Select(i => Label(i < selectionSmoothed, 0))],
            [.. Enumerable.Range(0, N).Select(i => Label((i < routeVotes) == smoothed, i < classVotes ? 0 : 1))],
            plainAnswer);
    }

    private static int Label(bool smoothed, int answer) => smoothed ? answer : 2 + answer;

    private static Certificate Certify(int[] selection, int[] labels, int plainAnswer)
    {
        var certification = new RoutedCertification(
            new LabeledImage(0, 0, new ImageShape(1, 1, 1), new byte[] { 0 }),
            2,
            Sigma,
            plainAnswer,
            new RoutedPlan(selection.Length, labels.Length, Alpha),
            new NoiseSource(1));
        foreach (int label in selection.Concat(labels))
        {
            Assert.True(certification.TryTake(speculative: false, out _));
            certification.Receive(label);
        }

        Assert.True(certification.IsFinished);
        return certification.Certificate!;
    }

    /// <summary>Whether a certificate states what is not so; p are the true probabilities of the four kinds of draws.</summary>
    private static bool IsFalse(Certificate certificate, double[] p)
    {
        Routing routing = certificate.Routing!;
        double right = p[0] + p[2], smoothed = p[0] + p[1];
        double route = routing.IsSmoothed(1) ? smoothed : 1 - smoothed;
        if (certificate.Predicted is null)
        {
            return false;
        }

        if (routing.LowerBound <= 0.5)
        {
            return right <= 0.5;
        }

        return routing.IsSmoothed(1)
            ? certificate.Radius > Math.Min(Radius(route), Radius(right))
            : route <= 0.5;
    }

    private static double Radius(double probability) => probability switch
    {
        <= 0.5 => double.NegativeInfinity,
        >= 1 => double.PositiveInfinity,
        _ => Sigma * NormalDistribution.Quantile(probability),
    };

    /// <summary>The probability of the outcomes of N draws for which something holds, when one selection draw chose class 0 and a
    /// route.</summary>
    private static double Sum(
        double[] probabilities, bool smoothedRoute, int plainAnswer, Func<Certificate, double[], bool> holds)
    {
        double[] logFactorials = new double[N + 1];
        for (int i = 1; i <= N; i++)
        {
            logFactorials[i] = logFactorials[i - 1] + Math.Log(i);
        }

        // The counts of class and route are all that matters, so outcomes with equal ones are certified once.
        var known = new Dictionary<(int, int), bool>();
        double sum = 0;
        for (int a = 0; a <= N; a++)
        {
            for (int b = 0; a + b <= N; b++)
            {
                for (int c = 0; a + b + c <= N; c++)
                {
                    int[] counts = [a, b, c, N - a - b - c];
                    if (!known.TryGetValue((a + c, a + b), out bool isSo))
                    {
                        int[] labels = [.. counts.SelectMany((count, kind) => Enumerable.Repeat(Label(kind < 2, kind % 2), count))];
                        isSo = holds(Certify([Label(smoothedRoute, 0)], labels, plainAnswer), probabilities);
                        known.Add((a + c, a + b), isSo);
                    }

                    double logarithm = logFactorials[N];
                    bool impossible = false;
                    for (int kind = 0; kind < 4; kind++)
                    {
                        impossible |= counts[kind] > 0 && probabilities[kind] == 0;
                        logarithm += (counts[kind] == 0 ? 0 : counts[kind] * Math.Log(probabilities[kind])) - logFactorials[counts[kind]];
                    }

                    sum += isSo && !impossible ? Math.Exp(logarithm) : 0;
                }
            }
        }

        return sum;
    }
}
