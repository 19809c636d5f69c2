using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;

namespace CertiPure.Server.Endpoints;

/// <summary><c>GET /v1/runs</c>: the run folders below the configured root, and their curves.</summary>
internal sealed class RunsEndpoint(ServerOptions options)
{
    /// <summary>How deep below the root a run folder may lie.</summary>
    private const int MaximumDepth = 3;
    private const int MaximumRuns = 500;

    private readonly object _lock = new();
    private readonly Dictionary<string, (string Stamp, Run Run)> _read = [];

    public RunsAnswer Runs()
    {
        if (options.RunsRoot is not { } root)
        {
            return new RunsAnswer(
                CertifiedAccuracy.DefaultRadii, [], [], "No folder of runs was configured; start the service with --runs FOLDER.");
        }

        var runs = new List<RunSummary>();
        var skipped = new List<string>();
        foreach ((string name, string folder) in Folders(root))
        {
            try
            {
                runs.Add(Summarise(name, Read(folder)));
            }
            catch (CertiPureException)
            {
                skipped.Add(name);
            }
        }

        return new RunsAnswer(
            CertifiedAccuracy.DefaultRadii, runs, skipped, runs.Count == 0 ? "The folder holds no run with certificates yet." : null);
    }

    public RunCurve Curve(string name)
    {
        // A name is looked up among the folders that were found, never joined to the root.
        string folder = (options.RunsRoot is { } root ? Folders(root) : []).FirstOrDefault(pair => pair.Name == name).Folder
            ?? throw RequestException.NotFound("There is no such run; see /v1/runs.");
        try
        {
            CertifiedRun run = CertifiedRun.Of(Read(folder), name);
            double[] radii = [.. run.Images.Where(image => image.IsCorrect).Select(image => image.Radius).Append(0)];
            return new RunCurve(
                name,
                [.. CertifiedAccuracy.Of(run, radii).Cells.Select(cell => new CurvePoint(cell.Radius, cell.Accuracy.Value))]);
        }
        catch (CertiPureException)
        {
            throw RequestException.NotFound("This run cannot be reported: it is damaged, or has no labels or no certificates yet.");
        }
    }

    private static IEnumerable<(string Name, string Folder)> Folders(string root)
    {
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

    private static bool IsPlainFile(string path) =>
        File.Exists(path) && !File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    private static RunSummary Summarise(string name, Run run)
    {
        Experiment experiment = run.Manifest.Experiment;
        CertifiedAccuracy summary = CertifiedAccuracy.Of(CertifiedRun.Of(run, name));
        return new RunSummary(
            name,
            experiment.Data.Split is { } split ? $"{experiment.Data.Name} {split}" : experiment.Data.Name,
            experiment.Purifier.Method,
            experiment.Classifier.Name,
            experiment.Sigma,
            experiment.N,
            experiment.Alpha,
            run.Certificates.Count,
            run.Certificates.Count + run.Missing.Count,
            [.. summary.Cells.Select(cell => cell.Accuracy.Value)],
            summary.AverageRadius,
            summary.Abstention.Count);
    }

    /// <summary>Reads a run, or remembers it where its files have not changed.</summary>
    private Run Read(string folder)
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

    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{file.Length}:{file.LastWriteTimeUtc.Ticks};" : "none;";
    }
}
