using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.SamplingPlans;

/// <summary>Both bounds in the mean of many drawn runs: each image's shares of the votes in a committed run are taken for its true
/// probabilities, and selection and estimation draws are drawn from them. All rules judge the same draws.</summary>
internal static class Bounds
{
    private const int SelectionDraws = 100;
    private const double Alpha = 0.001;

    /// <summary>Gives classes that no selection draw showed a little chance where a run of version 1 kept no other votes.</summary>
    private const double Unseen = 0.02;

    /// <summary>Rules that choose the share of alpha by the selection votes: of all classes but the two leading ones, and n0.</summary>
    private static readonly (string Name, Func<int, double> Share)[] Rules =
    [
        ("top", _ => 1),
        ("margin", others => others >= 2 ? 0.5 : 1),
        ("always 1/2", _ => 0.5),
        ("always .7", _ => 0.7),
        ("1/2 from 1", others => others >= 1 ? 0.5 : 1),
        ("1/2 from 3", others => others >= 3 ? 0.5 : 1),
    ];

    /// <summary>Prints abstentions and certified accuracy per run, and how each rule does against Cohen's bound.</summary>
    /// <param name="draws">The drawn runs.</param>
    /// <param name="n">The estimation draws.</param>
    /// <param name="folders">The runs, of a fixed plan, over labelled images.</param>
    internal static void Print(int draws, int n, string[] folders)
    {
        var gains = Rules.Select(_ => new List<(double Gain, string Cell)>()).ToArray();
        Console.WriteLine($"{draws} drawn runs, n0 = {SelectionDraws}, n = {n}, alpha = {Alpha}: abstained / certified at {string.Join(", ", CertifiedAccuracy.DefaultRadii)}, in percent");
        foreach (string folder in folders)
        {
            var run = Run.Read(folder);
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
            double[][] means = Mean(run, draws, n);
            for (int rule = 0; rule < Rules.Length; rule++)
            {
                Console.WriteLine($"{name}, {Rules[rule].Name}: {means[rule][0]:0.00} / {string.Join("  ", means[rule].Skip(1).Select(share => $"{share:0.00}"))}");
                gains[rule].AddRange(means[rule].Skip(1).Zip(means[0].Skip(1), CertifiedAccuracy.DefaultRadii).Select(
                    cell => (cell.First - cell.Second, $"{name} at {cell.Third}")));
            }
        }

        for (int rule = 1; rule < Rules.Length; rule++)
        {
            (double least, string cell) = gains[rule].MinBy(gain => gain.Gain);
            Console.WriteLine($"{Rules[rule].Name} against top: {gains[rule].Average(gain => gain.Gain):+0.00;-0.00} points in the mean of all cells, at least {least:+0.000;-0.000;0} ({cell})");
        }
    }

    /// <summary>Per rule the abstentions and the certified accuracy at each radius.</summary>
    private static double[][] Mean(Run run, int draws, int n)
    {
        double sigma = run.Manifest.Experiment.Sigma;
        (double[] Lower, double[] Upper)[] tables = [.. Rules.Select(rule => rule.Share).SelectMany(share => new[] { share(0), share(SelectionDraws) })
            .Distinct().Select(share => Table(share, n))];
        double[] shares = [.. Rules.Select(rule => rule.Share).SelectMany(share => new[] { share(0), share(SelectionDraws) }).Distinct()];
        long[][] counts = [.. Rules.Select(_ => new long[1 + CertifiedAccuracy.DefaultRadii.Count])];
        var random = new Random(1);
        foreach (Certificate certificate in run.Certificates)
        {
            double[] cumulated = Cumulated(certificate);
            for (int draw = 0; draw < draws; draw++)
            {
                VoteCounts selection = Draw(cumulated, SelectionDraws, random), votes = Draw(cumulated, n, random);
                int selected = selection.Top;
                int others = SelectionDraws - selection[selected] - (selection.RunnerUp is { } second ? selection[second] : 0);
                int rival = votes.StrongestBut(selected) is { } strongest ? votes[strongest] : 0;
                for (int rule = 0; rule < Rules.Length; rule++)
                {
                    (double[] lowers, double[] uppers) = tables[Array.IndexOf(shares, Rules[rule].Share(others))];
                    double lower = lowers[votes[selected]], upper = Math.Min(uppers[rival], BinomialBound.UpperOfOthers([], lower));
                    Judge(lower, upper, selected == certificate.Label, counts[rule]);
                }
            }
        }

        double all = (double)run.Certificates.Count * draws / 100;
        return [.. counts.Select(rule => rule.Select(count => count / all).ToArray())];

        void Judge(double lower, double upper, bool isRight, long[] count)
        {
            if (!MarginBound.IsCertified(lower, upper))
            {
                count[0]++;
            }
            else if (isRight)
            {
                double radius = MarginBound.Radius(lower, upper, sigma);
                for (int i = 0; i < CertifiedAccuracy.DefaultRadii.Count; i++)
                {
                    count[i + 1] += radius >= CertifiedAccuracy.DefaultRadii[i] ? 1 : 0;
                }
            }
        }
    }

    private static (double[] Lower, double[] Upper) Table(double share, int n) => (
        [.. Enumerable.Range(0, n + 1).Select(k => BinomialBound.Lower(k, n, share * Alpha))],
        [.. Enumerable.Range(0, n + 1).Select(k => share < 1 ? BinomialBound.Upper(k, n, (1 - share) * Alpha) : 1)]);

    private static double[] Cumulated(Certificate certificate)
    {
        Look look = certificate.Looks[^1];
        double[] shares = look.Votes is { } votes
            ? [.. votes.Select(count => (double)count)]
            : [.. certificate.Selection.Select(count => count + Unseen)];
        if (look.Votes is null)
        {
            int selected = new VoteCounts(certificate.Selection).Top;
            shares[selected] = 0;
            double rest = shares.Sum();
            shares = [.. shares.Select(share => share / rest * (look.N - look.K))];
            shares[selected] = look.K;
        }

        double sum = 0, total = shares.Sum();
        return [.. shares.Select(share => (sum += share) / total)];
    }

    private static VoteCounts Draw(double[] cumulated, int draws, Random random)
    {
        var votes = new int[cumulated.Length];
        for (int i = 0; i < draws; i++)
        {
            double place = random.NextDouble();
            int label = 0;
            while (label < cumulated.Length - 1 && place >= cumulated[label])
            {
                label++;
            }

            votes[label]++;
        }

        return new VoteCounts(votes);
    }
}
