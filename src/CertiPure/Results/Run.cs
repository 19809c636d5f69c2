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

    /// <summary>Reads a run folder, also while a process works on it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CertiPureException">The folder holds no run, or a file in it is damaged.</exception>
    public static Run Read(string folder) => Read(folder, RunManifest.Read(Path.Combine(folder, RunFolder.ManifestName)));

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
