using System.Globalization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// Rechecks certificates from their counts alone: that the counts add up, that the claimed bound satisfies the binomial
/// inequality, and that the claimed radius follows from it. It trusts no derived number of the log.
/// </summary>
public static class CertificateVerifier
{
    /// <summary>Checks every certificate of a run.</summary>
    /// <param name="run">The run, complete or not.</param>
    /// <returns>Every objection; none for a sound run.</returns>
    public static IReadOnlyList<CertificateObjection> Check(Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return [.. run.Certificates.SelectMany(certificate => Check(run.Manifest.Experiment, certificate))];
    }

    /// <summary>Checks one certificate.</summary>
    /// <param name="experiment">The experiment it belongs to.</param>
    /// <param name="certificate">The certificate.</param>
    /// <returns>Every objection; none for a sound certificate.</returns>
    public static IReadOnlyList<CertificateObjection> Check(Experiment experiment, Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(certificate);
        string[] counts = [.. CountProblems(experiment, certificate)];
        // Bounds of impossible counts mean nothing.
        IEnumerable<string> problems = counts.Length > 0 ? counts : ClaimProblems(experiment, certificate);
        return [.. problems.Select(problem => new CertificateObjection(certificate.Id, problem))];
    }

    private static IEnumerable<string> CountProblems(Experiment experiment, Certificate certificate)
    {
        int classes = experiment.Classifier.ClassCount;
        if (certificate.Selection.Count != classes || certificate.Selection.Any(votes => votes < 0))
        {
            yield return $"selection must hold a vote count for each of {classes} classes";
        }
        else if (certificate.Selection.Sum(votes => (long)votes) != experiment.N0)
        {
            yield return $"the selection votes sum to {certificate.Selection.Sum(votes => (long)votes)}, not n0 = {experiment.N0}";
        }
        else if (certificate is { Routing: null, Predicted: int predicted }
            && predicted != new VoteCounts(certificate.Selection).Top)
        {
            yield return $"the predicted class {predicted} is not the one that the selection votes chose (the lowest among equals)";
        }

        if (certificate.Label is int label && (label < 0 || label >= classes))
        {
            yield return $"the label {label} is not one of {classes} classes";
        }

        int lastLook = certificate.Looks.Count == 0 ? 0 : certificate.Looks[^1].N;
        if (certificate.Draws < Math.Max(1, lastLook) || certificate.Draws > experiment.N)
        {
            yield return $"draws is {certificate.Draws}, but the last look has {lastLook} of at most {experiment.N}";
        }

        // A staged plan may give an image up before any look; a plan of one look never ends without it.
        if (experiment.Plan.Looks.Count == 1 && certificate.Looks.Count != 1)
        {
            yield return $"the plan has one look, but the certificate has {certificate.Looks.Count}";
        }

        foreach (Look look in certificate.Looks)
        {
            if (look.N < 1 || look.K < 0 || look.K > look.N)
            {
                yield return $"a look counts {look.K} of {look.N} draws";
            }
            else if (!experiment.Plan.Looks.Contains(new PlannedLook(look.N, look.Alpha)))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"a look after {look.N} draws with alpha {look.Alpha} is not in the plan");
            }
        }

        if (classes == certificate.Selection.Count && certificate.Selection.All(votes => votes >= 0))
        {
            var selection = new VoteCounts(certificate.Selection);
            foreach (Look look in certificate.Looks)
            {
                // The selection draws alone may decide what each bound spends: an operator who chose it by the votes that it is spent on would cheat.
                if ((look.AlphaA, look.AlphaB) != MarginBound.Split(experiment.Bound, selection, look.Alpha))
                {
                    yield return string.Create(
                        CultureInfo.InvariantCulture,
                        $"a look spends {look.AlphaA} and {look.AlphaB} of alpha, which is not what the selection votes decide");
                }

                if (look.AlphaB > 0 && look.Votes is null)
                {
                    yield return "a look has a bound of votes that it does not hold";
                }
            }
        }

        if ((certificate.Routing is null) != (experiment.Routing is null))
        {
            yield return experiment.Routing is null ? "it has a routing, which the experiment has not" : "its routing is missing";
        }
        else if (certificate.Routing is { } routing)
        {
            foreach (string problem in RoutingCountProblems(experiment, routing))
            {
                yield return problem;
            }
        }

        foreach ((Look earlier, Look later) in certificate.Looks.Zip(certificate.Looks.Skip(1)))
        {
            if (later.N <= earlier.N || later.K < earlier.K || later.K - earlier.K > later.N - earlier.N)
            {
                yield return $"the looks {earlier.K}/{earlier.N} and {later.K}/{later.N} cannot follow one another";
            }
        }
    }

    private static IEnumerable<string> ClaimProblems(Experiment experiment, Certificate certificate)
    {
        double bound = certificate.LowerBound;
        if (!(bound >= 0 && bound < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"lowerBound {bound} is not a probability below 1");
            yield break;
        }

        if (bound > 0 && !certificate.Looks.Any(look => Supports(look, bound)))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"lowerBound {bound} exceeds what the votes support, {BinomialBound.Lower(certificate.Looks)}");
        }

        double rest = BinomialBound.UpperOfOthers([], bound);
        double upper = certificate.UpperBound ?? rest;
        if (!(upper >= rest || certificate.Looks.Any(look => SupportsUpper(look, upper))))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"upperBound {upper} is below what the votes support, {BinomialBound.UpperOfOthers(certificate.Looks, bound)}");
            yield break;
        }

        if (certificate.Routing is { } routing)
        {
            foreach (string problem in RoutingClaimProblems(experiment, certificate, routing))
            {
                yield return problem;
            }

            yield break;
        }

        double radius = certificate.Predicted is null ? 0 : MarginBound.Radius(bound, upper, experiment.Sigma);
        if (!(certificate.Radius >= 0 && certificate.Radius <= radius))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"radius {certificate.Radius} exceeds {radius}, which follows from the bounds");
        }

        if (certificate.Predicted is not null && !MarginBound.IsCertified(bound, upper))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"a class is predicted, but its bound {bound} exceeds neither 1/2 nor the others' bound {upper}");
        }
    }

    private static IEnumerable<string> RoutingCountProblems(Experiment experiment, Routing routing)
    {
        if (routing.PlainAnswer < 0 || routing.PlainAnswer >= experiment.Classifier.ClassCount)
        {
            yield return $"the plain answer {routing.PlainAnswer} is not one of {experiment.Classifier.ClassCount} classes";
        }

        if (routing.SelectionSmoothed < 0 || routing.SelectionSmoothed > experiment.N0)
        {
            yield return $"{routing.SelectionSmoothed} of n0 = {experiment.N0} selection draws are counted as smoothed";
        }

        Look look = routing.Look;
        if (look.K < 0 || look.K > look.N || !experiment.Plan.Looks.Contains(new PlannedLook(look.N, look.Alpha)))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the route's look counts {look.K} of {look.N} draws with alpha {look.Alpha}, which is not in the plan");
        }
    }

    /// <summary>The route's bound as a class's; then the answer and the radius must be those of the composition.</summary>
    private static IEnumerable<string> RoutingClaimProblems(Experiment experiment, Certificate certificate, Routing routing)
    {
        double bound = routing.LowerBound;
        if (!(bound >= 0 && bound < 1) || (bound > 0 && !Supports(routing.Look, bound)))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the route's lowerBound {bound} exceeds what the votes support, {BinomialBound.Lower([routing.Look])}");
            yield break;
        }

        double upper = certificate.UpperBound ?? BinomialBound.UpperOfOthers([], certificate.LowerBound);
        int? smoothedAnswer = MarginBound.IsCertified(certificate.LowerBound, upper)
            ? new VoteCounts(certificate.Selection).Top
            : null;
        (int? predicted, double radius) = routing.Certify(
            smoothedAnswer,
            MarginBound.Radius(certificate.LowerBound, upper, experiment.Sigma),
            experiment.N0,
            experiment.Sigma);
        if (certificate.Predicted is not null && certificate.Predicted != predicted)
        {
            string given = predicted is int answer ? $"class {answer}" : "an abstention";
            yield return $"class {certificate.Predicted} is predicted, but the bounds give {given}";
        }

        double allowed = certificate.Predicted is null ? 0 : radius;
        if (!(certificate.Radius >= 0 && certificate.Radius <= allowed))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"radius {certificate.Radius} exceeds {allowed}, which follows from the bounds");
        }
    }

    /// <summary>The inequality that makes p a lower bound: P[Bin(n, p) &gt;= k] &lt;= alpha (Clopper and Pearson 1934).</summary>
    private static bool Supports(Look look, double p) =>
        look.N >= 1 && look.K >= 0 && look.K <= look.N && look.AlphaA >= BinomialBound.LeastAlpha && look.AlphaA < 1
        && BinomialBound.IsLower(p, look.K, look.N, look.AlphaA);

    /// <summary>The inequality that makes p an upper bound: P[Bin(n, p) &lt;= k2] &lt;= alpha, for the votes of the strongest rival.</summary>
    private static bool SupportsUpper(Look look, double p) =>
        look.Rival is { } rival && look.AlphaB >= BinomialBound.LeastAlpha && p is > 0 and <= 1
        && BinomialBound.IsUpper(p, rival, look.N, look.AlphaB);
}

/// <summary>What is wrong with one certificate.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Problem">The problem as a phrase.</param>
public sealed record CertificateObjection(int Id, string Problem)
{
    /// <summary>The objection as a sentence.</summary>
    public override string ToString() => $"Image {Id}: {Problem}.";
}
