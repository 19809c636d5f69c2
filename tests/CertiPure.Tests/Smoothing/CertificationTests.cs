using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class CertificationTests
{
    private static readonly NoiseSource Noise = new(1);

    [Fact]
    public void Selection_and_estimation_never_share_draws_and_every_draw_is_handed_out_once()
    {
        var certification = new Certification(ScriptedClassifier.Image(0), 3, 0.5, new FixedPlan(20, 50), Noise);
        var draws = new List<Draw>();
        while (certification.TryTake(speculative: true, out Draw draw))
        {
            draws.Add(draw);
        }

        Assert.Equal(
            [
                .. Enumerable.Range(0, 20).Select(i => new Draw(NoisePhase.Selection, i)),
                .. Enumerable.Range(0, 50).Select(i => new Draw(NoisePhase.Estimation, i)),
            ],
            draws);
    }

    [Fact]
    public void The_class_is_selected_by_the_selection_draws_alone()
    {
        var certification = new Certification(ScriptedClassifier.Image(7), 3, 0.5, new FixedPlan(20, 50), Noise);
        Feed(certification, Enumerable.Repeat(1, 11).Concat(Enumerable.Repeat(2, 9)).Concat(Enumerable.Repeat(2, 50)));
        Certificate certificate = certification.Certificate!;
        Assert.Equal([0, 11, 9], certificate.Selection);
        Assert.Equal((50, 0, 50), Assert.Single(certificate.Looks) is var look ? (look.N, look.K, look.Rival) : default);
        Assert.Equal((7, 0, null, 50, 0.0, 0.0), (certificate.Id, certificate.Label, certificate.Predicted, certificate.Draws, certificate.LowerBound, certificate.Radius));
    }

    [Fact]
    public void Agreement_certifies_the_radius_of_the_bound()
    {
        var certification = new Certification(ScriptedClassifier.Image(0), 3, 0.5, new FixedPlan(20, 1000), Noise);
        Feed(certification, Enumerable.Repeat(2, 1020));
        Certificate certificate = certification.Certificate!;
        Assert.Equal((2, 1000), (certificate.Predicted!.Value, certificate.Draws));
        Assert.Equal(BinomialBound.Lower(1000, 1000, 0.001), certificate.LowerBound);
        Assert.Equal(0.5 * 2.463, certificate.Radius, 5e-4);
    }

    [Fact]
    public void Among_equal_votes_the_lowest_class_is_selected()
    {
        var certification = new Certification(ScriptedClassifier.Image(0), 3, 0.5, new FixedPlan(20, 100), Noise);
        Feed(certification, [.. Enumerable.Range(0, 20).Select(i => 1 + (i % 2)), .. Enumerable.Repeat(1, 100)]);
        Assert.Equal(1, certification.Certificate!.Predicted);
    }

    [Fact]
    public void A_label_without_a_draw_is_a_defect() =>
        Assert.Throws<InvalidOperationException>(
            () => new Certification(ScriptedClassifier.Image(0), 3, 0.5, new FixedPlan(20, 100), Noise).Receive(0));

    [Theory]
    [InlineData(9, 0.001, 10)]
    [InlineData(1, 0.5, 2)]
    [InlineData(16, 1e-5, 17)]
    public void So_few_draws_that_nothing_can_ever_be_certified_are_refused(int n, double alpha, int least)
    {
        CertiPureException error = Assert.Throws<CertiPureException>(() => new FixedPlan(100, n, alpha));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains($"take at least {least}", error.Message, StringComparison.Ordinal);
        Assert.Equal(least, new FixedPlan(100, least, alpha).EstimationDraws);
    }

    [Theory]
    [InlineData(0, 100, 0.001)]
    [InlineData(100, 0, 0.001)]
    [InlineData(100, 100, 0.0)]
    [InlineData(100, 100, 1.0)]
    [InlineData(100, 100, double.NaN)]
    public void A_plan_of_impossible_numbers_is_refused(int n0, int n, double alpha) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => new FixedPlan(n0, n, alpha)).Reason);

    private static void Feed(Certification certification, IEnumerable<int> labels)
    {
        foreach (int label in labels)
        {
            Assert.True(certification.TryTake(speculative: false, out _));
            certification.Receive(label);
        }

        Assert.True(certification.IsFinished);
        Assert.False(certification.TryTake(speculative: true, out _));
    }
}
