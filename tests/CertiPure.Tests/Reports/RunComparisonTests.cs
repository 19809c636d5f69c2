using CertiPure.Reports;
using CertiPure.Tests.Results;
using CsCheck;
using MathNet.Numerics.Distributions;

namespace CertiPure.Tests.Reports;

public sealed class RunComparisonTests
{
    [Fact]
    public void Images_are_paired_by_id_and_counted_by_who_certified_them()
    {
        RunComparison comparison = RunComparison.Of(
            Run("a", (0, 0.6), (1, 0.3), (2, 0.1), (3, 0.6)),
            Run("b", (1, 0.6), (0, 0.6), (2, 0.1), (9, 0.6)),
            [0.5]);

        PairedComparison paired = Assert.Single(comparison.Radii);
        Assert.Equal(3, comparison.Images);
        Assert.Equal((1, 0, 1), (paired.Both, paired.OnlyFirst, paired.OnlySecond));
        Assert.Equal(-1 / 3.0, paired.Difference, 12);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(6, 0)]
    [InlineData(12, 3)]
    [InlineData(3, 12)]
    [InlineData(7, 7)]
    [InlineData(40, 20)]
    public void The_p_value_is_McNemar_s_exact_one(int onlyFirst, int onlySecond)
    {
        int discordant = onlyFirst + onlySecond;
        double expected = Math.Min(1, 2 * Binomial.CDF(0.5, Math.Max(1, discordant), Math.Min(onlyFirst, onlySecond)));

        Assert.Equal(expected, new PairedComparison(0, 10, onlyFirst, onlySecond, 100).PValue, 1e-9);
    }

    [Fact]
    public void The_interval_holds_the_differences_that_the_score_test_accepts()
    {
        // The test of a difference, with the likelihood's maximum searched by brute force instead of Tango's closed form.
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 15], Gen.Int[1, 60]).Sample((onlyFirst, onlySecond, agreeing) =>
        {
            int n = onlyFirst + onlySecond + agreeing;
            var paired = new PairedComparison(0, agreeing, onlyFirst, onlySecond, n);
            (double lower, double upper) = paired.Interval;

            Assert.True(-1 <= lower && lower <= paired.Difference && paired.Difference <= upper && upper <= 1);
            foreach (double end in new[] { lower, upper })
            {
                double second = MostLikelySecond(onlyFirst, onlySecond, agreeing, end);
                double variance = n * ((2 * second) + (end * (1 - end)));
                double score = (onlyFirst - onlySecond - (n * end)) / Math.Sqrt(variance);
                Assert.Equal(1.959964, Math.Abs(score), 2e-3);
            }
        }, iter: 200);
    }

    [Fact]
    public void Without_any_disagreement_the_interval_still_has_a_width()
    {
        (double lower, double upper) = new PairedComparison(0, 50, 0, 0, 100).Interval;

        Assert.Equal(-lower, upper, 1e-12);
        Assert.InRange(upper, 0.03, 0.04);
    }

    [Fact]
    public void Exchanging_the_runs_mirrors_everything()
    {
        var one = new PairedComparison(0, 30, 12, 3, 100);
        var other = new PairedComparison(0, 30, 3, 12, 100);

        Assert.Equal(one.PValue, other.PValue);
        Assert.Equal(one.Interval.Lower, -other.Interval.Upper, 1e-12);
        Assert.Equal(one.Interval.Upper, -other.Interval.Lower, 1e-12);
    }

    [Fact]
    public void Runs_over_other_pixels_other_labels_or_no_common_image_are_refused()
    {
        CertifiedRun run = Run("a", (0, 0.6));
        CertifiedRun otherPixels = run with
        {
            Manifest = Samples.Manifest(
                Samples.Experiment() with { Data = Samples.Experiment().Data with { PixelSha256 = new('d', 64) } }),
        };
        CertifiedRun otherLabels = run with { Images = [run.Images[0] with { Label = 2 }] };

        Refused(() => RunComparison.Of(run with { Manifest = Samples.Manifest() }, otherPixels));
        Refused(() => RunComparison.Of(run, otherLabels));
        Refused(() => RunComparison.Of(run, Run("b", (1, 0.6))));
    }

    [Fact]
    public void The_table_has_a_row_per_radius_and_signs_on_its_differences()
    {
        ReportTable table = RunComparison.Of(Run("a", (0, 0.6), (1, 0.6)), Run("b", (0, 0.6), (1, 0.3)), [0, 0.5]).ToTable();

        Assert.Equal(["0.0", "+50.0"], table.Rows.Select(row => row[3].Text));
        Assert.Equal(["0.00", "0.50"], table.Rows.Select(row => row[0].Text));
    }

    private static void Refused(Action compare) =>
        Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(compare).Reason);

    private static CertifiedRun Run(string name, params (int Id, double Radius)[] images) => new(
        name, null, [.. images.Select(i => new CertifiedImage(i.Id, 1, 1, i.Radius, null, 1))], null, HasPrintedRadii: false);

    private static double MostLikelySecond(int onlyFirst, int onlySecond, int agreeing, double delta)
    {
        double low = Math.Max(0, -delta);
        double high = (1 - delta) / 2;
        double best = low;
        for (int round = 0; round < 4; round++)
        {
            double step = (high - low) / 1000;
            best = Enumerable.Range(0, 1001).Select(i => low + (i * step)).MaxBy(Likelihood);
            (low, high) = (Math.Max(low, best - step), Math.Min(high, best + step));
        }

        return best;

        double Likelihood(double second) =>
            Term(onlyFirst, second + delta) + Term(onlySecond, second) + Term(agreeing, 1 - (2 * second) - delta);

        static double Term(int count, double probability) =>
            count == 0 ? 0 : probability <= 0 ? double.NegativeInfinity : count * Math.Log(probability);
    }
}
