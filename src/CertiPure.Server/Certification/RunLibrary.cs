using CertiPure.Results;
using CertiPure.Server.Contracts;

namespace CertiPure.Server.Certification;

/// <summary>The run folders below the configured root, read once for each state of their files.</summary>
internal sealed class RunLibrary(ServerOptions options)
{
    /// <summary>How deep below the root a run folder may lie.</summary>
    private const int MaximumDepth = 3;
    private const int MaximumRuns = 500;

    /// <summary>The bars of a histogram of radii.</summary>
    private const int Bars = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Stamp, Run Run)> _read = [];

    /// <summary>Whether a root is configured.</summary>
    public bool HasRoot => options.RunsRoot is not null;

    /// <summary>The run folders by name, below the root and never through a link.</summary>
    public IEnumerable<(string Name, string Folder)> Folders()
    {
        if (options.RunsRoot is not { } root)
        {
            return [];
        }

        var walk = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MaximumDepth - 1,
            IgnoreInaccessible = true,
            // A link could lead out of the root.
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
        };
        return Directory.EnumerateDirectories(root, "*", walk)
            .Where(folder => IsPlainFile(Path.Combine(folder, RunFolder.ManifestName)))
            .Select(folder => (Name: Path.GetRelativePath(root, folder).Replace('\\', '/'), Folder: folder))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .Take(MaximumRuns);
    }

    /// <summary>Reads a run, or remembers it where its files have not changed.</summary>
    /// <exception cref="CertiPureException">It is damaged.</exception>
    public Run Read(string folder)
    {
        string stamp = Stamp(Path.Combine(folder, RunFolder.ManifestName)) + Stamp(Path.Combine(folder, RunFolder.LogName));
        lock (_lock)
        {
            if (!_read.TryGetValue(folder, out (string Stamp, Run Run) entry) || entry.Stamp != stamp)
            {
                entry = (stamp, Run.Read(folder));
                _read[folder] = entry;
            }

            return entry.Run;
        }
    }

    /// <summary>Where a certificate's radius is among those of a run of the same networks, at the same noise level and by the same kind of
    /// bound; null without such a run. The run with the most images counts.</summary>
    public Standing? StandingOf(CertificateDocument document)
    {
        Experiment own = document.Experiment;
        (string Name, Run Run)? best = null;
        foreach ((string name, string folder) in Folders())
        {
            try
            {
                Run run = Read(folder);
                Experiment other = run.Manifest.Experiment;
                bool isSame = other.Sigma == own.Sigma && other.Bound == own.Bound && other.Purifier == own.Purifier && other.Routing == own.Routing
                    && other.Weights.Count == own.Weights.Count
                    && other.Weights.All(weights => own.Weights.GetValueOrDefault(weights.Key) == weights.Value);
                if (isSame && run.Certificates.Count > (best?.Run.Certificates.Count ?? 0))
                {
                    best = (name, run);
                }
            }
            catch (CertiPureException)
            {
                // The board names damaged runs.
            }
        }

        if (best is not { } found)
        {
            return null;
        }

        double[] radii = [.. found.Run.Certificates.Select(certificate => certificate.Radius)];
        double width = Math.Max(radii.Max(), document.Certificate.Radius) / Bars;
        var counts = new int[Bars];
        foreach (double radius in radii)
        {
            counts[width > 0 ? Math.Min(Bars - 1, (int)(radius / width)) : 0]++;
        }

        return new Standing(
            found.Name, radii.Length, width, counts, (double)radii.Count(radius => radius < document.Certificate.Radius) / radii.Length);
    }

    private static bool IsPlainFile(string path) =>
        File.Exists(path) && !File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{file.Length}:{file.LastWriteTimeUtc.Ticks};" : "none;";
    }
}
