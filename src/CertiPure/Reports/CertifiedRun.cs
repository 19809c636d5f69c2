using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Reports;

/// <summary>A run as reports see it: from a run folder or from a log in the field's TSV.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Manifest">What was certified and how, or null for a TSV log, which does not say.</param>
/// <param name="Images">The certified images, by ascending id.</param>
/// <param name="ImagesPerSecond">Images certified per second of one process, or null where the log does not say.</param>
/// <param name="HasPrintedRadii">Whether radii were read as printed, with few digits that may have been rounded up.</param>
public sealed record CertifiedRun(
    string Name,
    RunManifest? Manifest,
    IReadOnlyList<CertifiedImage> Images,
    double? ImagesPerSecond,
    bool HasPrintedRadii)
{
    /// <summary>The bound that bounds and radii were derived by from the votes of a run that was certified by the other one: a comparison,
    /// and no certificate; null where they are the run's own.</summary>
    public BoundKind? DerivedBound { get; init; }

    /// <summary>What determines the run's result, or null for a TSV log.</summary>
    public Experiment? Experiment => Manifest?.Experiment;

    /// <summary>How many images of the experiment have no certificate here, because the run is not finished or is one shard; 0 for a
    /// TSV log, which does not say.</summary>
    public int MissingImages => Experiment is { } experiment ? Math.Max(0, experiment.Images.Count - Images.Count) : 0;

    /// <summary>Reads a run folder or a TSV log.</summary>
    /// <param name="path">A folder that holds a manifest, or a file.</param>
    /// <param name="name">What tables call it; by default the folder's or file's name.</param>
    /// <param name="bound">The bound; the run's own by default.</param>
    /// <exception cref="CertiPureException">There is neither, a file is damaged, or it did not keep the votes that the bound needs.</exception>
    public static CertifiedRun Read(string path, string? name = null, BoundKind? bound = null)
    {
        if (Directory.Exists(path))
        {
            return Of(Run.Read(path), name, bound);
        }

        if (!File.Exists(path))
        {
            throw new CertiPureException($"There is no run folder or log at {path}; check the path.");
        }

        return bound is null
            ? Of(CohenLog.Read(path), name ?? Path.GetFileName(path))
            : throw new CertiPureException($"{path} holds no votes, so no bound can be derived from it.");
    }

    /// <summary>A run folder's run.</summary>
    /// <param name="run">The run; it need not be complete.</param>
    /// <param name="name">What tables call it; by default the folder's name.</param>
    /// <param name="bound">The bound; the run's own by default. By the other one the votes give a comparison, and no certificate.</param>
    /// <exception cref="CertiPureException">The run did not keep the votes that the bound needs.</exception>
    public static CertifiedRun Of(Run run, string? name = null, BoundKind? bound = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        BoundKind? derived = bound == run.Manifest.Experiment.Bound ? null : bound;
        IReadOnlyList<Certificate> certificates = derived is { } other ? run.Under(other) : run.Certificates;
        double seconds = run.Manifest.Environment.Sum(
            environment => environment.EndedAt is DateTimeOffset end ? (end - environment.StartedAt).TotalSeconds : 0);
        int images = run.Manifest.Environment.Sum(environment => environment.EndedAt is null ? 0 : environment.Images);
        return new CertifiedRun(
            name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run.Folder))),
            run.Manifest,
            [.. certificates.Select(certificate => new CertifiedImage(
                certificate.Id,
                certificate.Label,
                certificate.Predicted,
                certificate.Radius,
                certificate.Selection.Sum() + certificate.Draws,
                certificate.Seconds)
            {
                Selected = new VoteCounts(certificate.Selection).Top,
                LowerBound = certificate.LowerBound,
                UpperBound = certificate.UpperBound,
                SelectedShare = certificate.Looks.Count > 0 ? certificate.Looks[^1].K / (double)certificate.Looks[^1].N : null,
                Votes = certificate.Looks.Count > 0 ? certificate.Looks[^1].Votes : null,
                File = certificate.File,
            })],
            seconds > 0 && images > 0 ? images / seconds : null,
            HasPrintedRadii: false)
        {
            DerivedBound = derived,
        };
    }

    /// <summary>A TSV log's run.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="name">What tables call it.</param>
    public static CertifiedRun Of(IReadOnlyList<CohenRow> rows, string name)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new CertifiedRun(
            name,
            null,
            [.. rows.OrderBy(row => row.Id)
                .Select(row => new CertifiedImage(row.Id, row.Label, row.Predicted, row.Radius, null, row.Seconds))],
            null,
            HasPrintedRadii: true);
    }
}
