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
        else if (certificate.Predicted is int predicted
            && (predicted < 0 || predicted >= classes || certificate.Selection[predicted] != certificate.Selection.Max()))
        {
            yield return $"the predicted class {predicted} is not one that the selection votes chose";
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

        double radius = certificate.Predicted is null ? 0 : BinomialBound.Radius(bound, experiment.Sigma);
        if (!(certificate.Radius >= 0 && certificate.Radius <= radius))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"radius {certificate.Radius} exceeds {radius}, which follows from the bound");
        }

        if (certificate.Predicted is not null && bound <= 0.5)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"a class is predicted, but its bound {bound} does not exceed 1/2");
        }
    }

    /// <summary>The inequality that makes p a lower bound: P[Bin(n, p) &gt;= k] &lt;= alpha (Clopper and Pearson 1934).</summary>
    private static bool Supports(Look look, double p) =>
        look.N >= 1 && look.K >= 0 && look.K <= look.N && look.Alpha >= BinomialBound.LeastAlpha && look.Alpha < 1
        && BinomialBound.IsLower(p, look.K, look.N, look.Alpha);
}
