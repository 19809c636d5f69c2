using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>What a run folder holds, read only.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Certificates">Its certificates, by ascending id.</param>
public sealed record Run(string Folder, RunManifest Manifest, IReadOnlyList<Certificate> Certificates)
{
    /// <summary>The ids of the shard's images that have no certificate yet, ascending.</summary>
    public IReadOnlyList<int> Missing { get; } =
        [.. Manifest.OwnImages.Except(Certificates.Select(certificate => certificate.Id))];

    /// <summary>Whether every image of the shard has its certificate.</summary>
    public bool IsComplete => Missing.Count == 0;

    /// <summary>What the run's votes give under a bound: a comparison, and a certificate only for the bound that the run was certified
    /// by. Nothing says beforehand which of two bounds will be the better, so the better of both per image would err with more than
    /// alpha; and a staged run stopped for its own bound.</summary>
    /// <param name="bound">The bound.</param>
    /// <returns>The certificates, by ascending id.</returns>
    /// <exception cref="CertiPureException">The bound needs the votes of all classes, which the run did not keep.</exception>
    public IReadOnlyList<Certificate> Under(BoundKind bound) => [.. Certificates.Select(certificate => Under(certificate, bound))];

    /// <summary>Reads a run folder, also while a process works on it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CertiPureException">The folder holds no run, or a file in it is damaged.</exception>
    public static Run Read(string folder) => Read(folder, RunManifest.Read(Path.Combine(folder, RunFolder.ManifestName)));

    private Certificate Under(Certificate certificate, BoundKind bound)
    {
        Experiment experiment = Manifest.Experiment;
        var selection = new VoteCounts(certificate.Selection);
        Look[] looks = [.. certificate.Looks.Select(look =>
        {
            (double alphaA, double alphaB) = MarginBound.Split(bound, selection, look.Alpha);
            return look.Votes is { } votes ? new Look(votes, selection.Top, alphaA, alphaB)
                : bound == BoundKind.Top ? new Look(look.N, look.K, alphaA)
                : throw new CertiPureException(
                    $"{Folder} kept the votes of the selected class alone, so the bound 'margin' cannot be derived; certify it again.");
        })];
        (double lower, double upper, double radius, bool isCertified) = MarginBound.Of(looks, experiment.Sigma);
        int? predicted = isCertified ? selection.Top : null;
        if (certificate.Routing is { } routing)
        {
            (predicted, radius) = routing.Certify(predicted, radius, experiment.N0, experiment.Sigma);
        }

        return certificate with { Predicted = predicted, Looks = looks, LowerBound = lower, UpperBound = upper, Radius = radius };
    }

    /// <summary>Reads a folder's log under a manifest that the folder has or is about to have.</summary>
    internal static Run Read(string folder, RunManifest manifest)
    {
        string log = Path.Combine(folder, RunFolder.LogName);
        IReadOnlyList<Certificate> certificates = File.Exists(log) ? CertificateLog.Read(log) : [];
        var own = manifest.OwnImages.ToHashSet();
        var seen = new HashSet<int>();
        foreach (Certificate certificate in certificates)
        {
            if (!own.Contains(certificate.Id))
            {
                throw new CertiPureException(
                    $"{log} holds a certificate of image {certificate.Id}, which is not in the run's shard {manifest.Shard}; the "
                    + "file does not belong to this manifest.",
                    ErrorReason.Refused);
            }

            if (certificate.Looks.Any(look => look.Votes is null != (manifest.FormatVersion == 1)))
            {
                throw new CertiPureException(
                    $"{log} holds a certificate of image {certificate.Id} in another format version than the manifest's, "
                    + $"{manifest.FormatVersion}; the file does not belong to this manifest.",
                    ErrorReason.Refused);
            }

            if (!seen.Add(certificate.Id))
            {
                throw new CertiPureException(
                    $"{log} holds two certificates of image {certificate.Id}; remove one of the lines.", ErrorReason.Refused);
            }
        }

        return new Run(folder, manifest, [.. certificates.OrderBy(certificate => certificate.Id)]);
    }
}
