using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class CertificateVerifierTests
{
    private static readonly Certificate Sound = Samples.Certificate(20);

    public static TheoryData<string, Certificate> Forgeries() => new()
    {
        { "lowerBound", Sound with { LowerBound = Sound.LowerBound + 1e-6 } },
        { "lowerBound", Sound with { LowerBound = double.NaN } },
        { "lowerBound", Sound with { LowerBound = 1 } },
        { "radius", Sound with { Radius = Math.BitIncrement(Sound.Radius) } },
        { "radius", Sound with { Radius = double.PositiveInfinity } },
        { "radius", Sound with { Radius = -0.1 } },
        { "lowerBound", Sound with { Looks = [new Look(100, 79, 0.001)] } },
        { "not in the plan", Sound with { Looks = [new Look(100, 80, 0.01)] } },
        { "not in the plan", Sound with { Looks = [new Look(50, 50, 0.001)] } },
        { "a look counts 101 of 100", Sound with { Looks = [new Look(100, 101, 0.001)] } },
        { "a look counts -1 of 100", Sound with { Looks = [new Look(100, -1, 0.001)] } },
        { "the plan has one look", Sound with { Looks = [] } },
        { "the plan has one look", Sound with { Looks = [Sound.Looks[0], Sound.Looks[0]] } },
        { "draws is 101", Sound with { Draws = 101 } },
        { "draws is 99", Sound with { Draws = 99 } },
        { "sum to 9", Sound with { Selection = [1, 7, 1] } },
        { "vote count for each of 3", Sound with { Selection = [2, 8] } },
        { "vote count for each of 3", Sound with { Selection = [3, 8, -1] } },
        { "predicted class 2", Sound with { Predicted = 2 } },
        { "predicted class 3", Sound with { Predicted = 3 } },
        { "the lowest among equals", Sound with { Selection = [5, 5, 0], Predicted = 1 } },
        { "label 3", Sound with { Label = 3 } },
        { "neither 1/2", Sound with { LowerBound = 0.5, UpperBound = 0.5, Radius = 0 } },
        { "upperBound", Sound with { UpperBound = Math.BitDecrement(Sound.UpperBound!.Value) } },
        { "upperBound", Sound with { UpperBound = double.NaN } },
        { "upperBound", Sound with { UpperBound = -1 } },
        { "which is not what the selection votes decide", Sound with { Looks = [new Look([0, 80, 20], 1, 0.0005, 0.0005)] } },
        { "radius", Sound with { Predicted = null } },
    };

    [Fact]
    public void Sound_certificates_pass()
    {
        Assert.All(
            Samples.Experiment().Images,
            id => Assert.Empty(CertificateVerifier.Check(Samples.Experiment(), Samples.Certificate(id))));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_certificate_is_objected_to(string reason, Certificate forged)
    {
        IReadOnlyList<CertificateObjection> objections = CertificateVerifier.Check(Samples.Experiment(), forged);

        Assert.NotEmpty(objections);
        Assert.All(objections, objection => Assert.Equal(20, objection.Id));
        Assert.Contains(objections, objection => objection.Problem.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_staged_certificate_may_end_before_its_first_look_and_claims_nothing_then()
    {
        Experiment staged = Samples.Experiment() with
        {
            Plan = new PlanIdentity("staged", [new PlannedLook(60, 0.0001), new PlannedLook(100, 0.0009)]),
        };
        var given = new Certificate(20, 1, null, [1, 8, 1], [], 50, 0, 0, 0.1);

        Assert.Empty(CertificateVerifier.Check(staged, given));
        Assert.NotEmpty(CertificateVerifier.Check(staged, given with { LowerBound = 0.6 }));
    }

    [Fact]
    public void A_certificate_of_the_margin_bound_passes_and_its_forgeries_do_not()
    {
        Experiment margin = Samples.Experiment() with { Bound = BoundKind.Margin };
        Look look = new([20, 50, 30], 1, 0.0005, 0.0005);
        (double lower, double upper, double radius, _) = MarginBound.Of([new Look([15, 75, 10], 1, 0.0005, 0.0005)], 0.5);
        var sound = new Certificate(20, 1, 1, [2, 6, 2], [new Look([15, 75, 10], 1, 0.0005, 0.0005)], 100, lower, radius, 0.1) { UpperBound = upper };
        Assert.Empty(CertificateVerifier.Check(margin, sound));

        Certificate[] forgeries =
        [
            sound with { Radius = Math.BitIncrement(radius) },
            sound with { UpperBound = upper - 1e-9 },
            sound with { LowerBound = lower + 1e-9 },
            sound with { Looks = [look] },
            // Two classes alone share the selection votes: the rival's bound may spend nothing.
            sound with { Selection = [0, 6, 4] },
            // All of alpha on both bounds, which would err with 2 alpha.
            sound with { Looks = [new Look([15, 75, 10], 1, 0.001, 0.001)] },
            // The share that suits the votes that were counted.
            sound with { Looks = [new Look([15, 75, 10], 1, 0.0009, 0.0001)] },
            sound with { Looks = [new Look(100, 75, 0.0005)] },
        ];
        Assert.All(forgeries, forged => Assert.NotEmpty(CertificateVerifier.Check(margin, forged)));
        Assert.NotEmpty(CertificateVerifier.Check(Samples.Experiment(), sound));
    }

    [Fact]
    public void Looks_that_contradict_one_another_are_objected_to()
    {
        Experiment staged = Samples.Experiment() with
        {
            Plan = new PlanIdentity("staged", [new PlannedLook(60, 0.0001), new PlannedLook(100, 0.0009)]),
        };
        Certificate impossible = Sound with { Looks = [new Look(60, 60, 0.0001), new Look(100, 50, 0.0009)] };

        Assert.Contains(
            CertificateVerifier.Check(staged, impossible),
            objection => objection.Problem.Contains("cannot follow one another", StringComparison.Ordinal));
    }
}
