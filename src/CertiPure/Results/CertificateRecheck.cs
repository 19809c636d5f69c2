using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>Derives a certificate's claim again from its counts: what can be checked without the classifier.</summary>
public static class CertificateRecheck
{
    /// <summary>Compares what a certificate claims with what its counts and its experiment's plan give.</summary>
    /// <param name="experiment">The experiment the certificate belongs to.</param>
    /// <param name="certificate">The certificate.</param>
    /// <returns>Null if every number follows from the counts; otherwise the first that does not, as a clause.</returns>
    public static string? FirstProblem(Experiment experiment, Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(certificate);
        return SelectionProblem(experiment, certificate)
            ?? LooksProblem(experiment, certificate)
            ?? ClaimProblem(experiment, certificate);
    }

    private static string? SelectionProblem(Experiment experiment, Certificate certificate)
    {
        IReadOnlyList<int> selection = certificate.Selection;
        if (selection.Count != experiment.Classifier.ClassCount || selection.Any(votes => votes < 0))
        {
            return $"the selection does not hold votes for {experiment.Classifier.ClassCount} classes";
        }

        long votes = selection.Sum(count => (long)count);
        return votes == experiment.N0 ? null : $"the selection holds {votes} votes, but n0 is {experiment.N0}";
    }

    private static string? LooksProblem(Experiment experiment, Certificate certificate)
    {
        if (certificate.Draws < 1 || certificate.Draws > experiment.N)
        {
            return $"{certificate.Draws} draws do not fit n = {experiment.N}";
        }

        var previous = new Look(0, 0, 0);
        foreach (Look look in certificate.Looks)
        {
            // A look that the plan does not have would spend error probability that nobody accounted for.
            if (!experiment.Plan.Looks.Contains(new PlannedLook(look.N, look.Alpha)))
            {
                return $"the plan has no look after {look.N} draws at alpha {look.Alpha}";
            }

            if (look.N <= previous.N || look.K < previous.K || look.K - previous.K > look.N - previous.N)
            {
                return $"{look.K} votes of {look.N} draws cannot follow {previous.K} of {previous.N}";
            }

            previous = look;
        }

        return previous.N <= certificate.Draws
            ? null
            : $"a look after {previous.N} draws cannot be taken with {certificate.Draws} draws";
    }

    private static string? ClaimProblem(Experiment experiment, Certificate certificate)
    {
        double bound = BinomialBound.Lower(certificate.Looks);
        if (certificate.LowerBound != bound)
        {
            return $"the lower bound is given as {certificate.LowerBound}, but the votes give {bound}";
        }

        double radius = BinomialBound.Radius(bound, experiment.Sigma);
        if (certificate.Radius != radius)
        {
            return $"the radius is given as {certificate.Radius}, but the votes give {radius}";
        }

        int? predicted = bound > 0.5 ? new VoteCounts(certificate.Selection).Top : null;
        return certificate.Predicted == predicted
            ? null
            : $"the class is given as {Name(certificate.Predicted)}, but the votes give {Name(predicted)}";
    }

    private static string Name(int? label) => label is int known ? $"{known}" : "an abstention";
}
