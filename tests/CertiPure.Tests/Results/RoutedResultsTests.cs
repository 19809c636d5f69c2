using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

/// <summary>Certified routing in manifests and logs.</summary>
public sealed class RoutedResultsTests
{
    private static readonly Experiment Routed = Samples.Experiment() with
    {
        Plan = PlanIdentity.Of(new RoutedPlan(10, 100, 0.001)),
        Routing = RoutingIdentity.ByEntropy("plain", 0.4),
    };

    private static readonly Certificate Sound = Certificate(selectionSmoothed: 9, classVotes: 90, routeVotes: 80, plainAnswer: 2);

    public static TheoryData<string, Certificate> Forgeries() => new()
    {
        { "radius", Sound with { Radius = Math.BitIncrement(Sound.Radius) } },
        { "routing is missing", Sound with { Routing = null } },
        { "route's lowerBound", Sound with { Routing = Sound.Routing! with { LowerBound = Sound.Routing.LowerBound + 1e-6 } } },
        { "route's lowerBound", Sound with { Routing = Sound.Routing! with { LowerBound = double.NaN } } },
        { "plain answer 3", Sound with { Routing = Sound.Routing! with { PlainAnswer = 3 } } },
        { "selection draws", Sound with { Routing = Sound.Routing! with { SelectionSmoothed = 11 } } },
        { "not in the plan", Sound with { Routing = Sound.Routing! with { Look = new Look(100, 80, 0.001) } } },
        { "not in the plan", Sound with { Routing = Sound.Routing! with { Look = new Look(100, 101, 0.0005) } } },
        { "class 2 is predicted", Sound with { Predicted = 2, Radius = 0 } },

        // The plain route has no radius, and its answer is the plain one.
        { "radius", Certificate(1, 90, 80, 2) with { Radius = 0.1 } },
        { "class 1 is predicted", Certificate(1, 90, 80, 2) with { Predicted = 1 } },

        // Undecided and unlike: nothing is predicted.
        { "an abstention", Certificate(9, 90, 50, 2) with { Predicted = 1 } },
    };

    [Theory]
    [InlineData(9, 90, 80, 2)]
    [InlineData(1, 90, 80, 2)]
    [InlineData(9, 90, 50, 2)]
    [InlineData(9, 90, 50, 1)]
    [InlineData(9, 50, 80, 1)]
    public void Sound_certificates_pass(int selectionSmoothed, int classVotes, int routeVotes, int plainAnswer)
    {
        Assert.Empty(CertificateVerifier.Check(Routed, Certificate(selectionSmoothed, classVotes, routeVotes, plainAnswer)));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_certificate_is_objected_to(string reason, Certificate forged)
    {
        IReadOnlyList<CertificateObjection> objections = CertificateVerifier.Check(Routed, forged);
        Assert.Contains(objections, objection => objection.Problem.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_routing_in_a_run_without_one_is_objected_to()
    {
        Certificate plain = Samples.Certificate(20);
        Assert.NotEmpty(CertificateVerifier.Check(Samples.Experiment(), plain with { Routing = Sound.Routing }));
    }

    [Fact]
    public void A_line_tells_the_routing_and_one_without_it_does_not()
    {
        Certificate read = CertificateLog.ParseLine(CertificateLog.ToLine(Sound));
        Assert.Equal(Sound.Routing, read.Routing);
        Assert.DoesNotContain("routing", CertificateLog.ToLine(Samples.Certificate(20)), StringComparison.Ordinal);
        Assert.DoesNotContain("routing", Samples.Manifest().ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"entropyThreshold\": 0.4", Samples.Manifest(Routed).ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_names_the_mechanism_with_what_belongs_to_it_alone()
    {
        RoutingIdentity[] routings = [RoutingIdentity.ByEntropy("plain", 0), RoutingIdentity.ByNetwork("plain", "chooser")];
        string path = Path.GetTempFileName();
        foreach (RoutingIdentity routing in routings)
        {
            File.WriteAllText(path, Samples.Manifest(Routed with { Routing = routing }).ToJson());
            Assert.Equal(routing, RunManifest.Read(path).Experiment.Routing);
        }

        string json = File.ReadAllText(path);
        File.Delete(path);
        Assert.Contains("\"selection\": \"network\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("entropyThreshold", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("entropy", 1.5, null)]
    [InlineData("entropy", double.NaN, null)]
    [InlineData("entropy", null, null)]
    [InlineData("entropy", 0.5, "chooser")]
    [InlineData("network", null, null)]
    [InlineData("network", 0.5, "chooser")]
    [InlineData("chance", 0.5, null)]
    public void A_mechanism_that_is_unknown_or_incomplete_is_refused(string selection, double? threshold, string? selector)
    {
        Experiment experiment = Routed with { Routing = new RoutingIdentity("plain", selection, threshold, selector) };
        Assert.Contains("'network'", Assert.Throws<CertiPureException>(experiment.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_experiment_spends_alpha_on_both_bounds_or_is_refused()
    {
        Routed.Validate();
        Assert.Throws<CertiPureException>((Routed with { Routing = null }).Validate);
        Assert.Throws<CertiPureException>((Samples.Experiment() with { Routing = Routed.Routing }).Validate);
        Assert.Throws<CertiPureException>(
            (Routed with { Plan = new PlanIdentity("routed", [new PlannedLook(100, 0.001)]) }).Validate);
        Assert.Contains(
            Routed.DifferencesFrom(Routed with { Routing = RoutingIdentity.ByEntropy("plain", 0.5) }),
            difference => difference.Field == "routing.entropyThreshold");
    }

    /// <summary>Class 1 of 3 was selected; n0 = 10, n = 100, alpha .001.</summary>
    private static Certificate Certificate(int selectionSmoothed, int classVotes, int routeVotes, int plainAnswer)
    {
        double bound = BinomialBound.Lower(classVotes, 100, 0.0005);
        var routing = new Routing(
            plainAnswer, selectionSmoothed, new Look(100, routeVotes, 0.0005), BinomialBound.Lower(routeVotes, 100, 0.0005));
        (int? predicted, double radius) = routing.Certify(bound > 0.5 ? 1 : null, BinomialBound.Radius(bound, 0.5), 10, 0.5);
        return new Certificate(
            20, 2, predicted, [1, 8, 1], [new Look(100, classVotes, 0.0005)], 100, bound, radius, 0.25) { Routing = routing };
    }
}
