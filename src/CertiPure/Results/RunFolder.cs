using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// A run being worked on: <c>manifest.json</c> and <c>certificates.jsonl</c> in a folder that this process alone may
/// write. The operating system holds the lock, so it dies with the process; opening the folder again resumes the run.
/// </summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>The manifest's file name.</summary>
    public const string ManifestName = "manifest.json";

    /// <summary>The log's file name.</summary>
    public const string LogName = "certificates.jsonl";

    /// <summary>The name of the empty file that a working process locks. It stays: removing it would let two processes
    /// lock two files of one name.</summary>
    public const string LockName = ".lock";

    private readonly FileStream _lock;
    private readonly CertificateLog _log;
    private readonly TimeProvider _time;
    private readonly HashSet<int> _pending;
    private readonly List<Certificate> _certificates;
    private readonly int _resumed;

    private RunFolder(string folder, RunManifest manifest, FileStream @lock, TimeProvider time)
    {
        Folder = folder;
        Manifest = manifest;
        _lock = @lock;
        _time = time;
        var run = Run.Read(folder, manifest);
        _certificates = [.. run.Certificates];
        _resumed = _certificates.Count;
        _pending = [.. run.Missing];
        if (_pending.Count > 0 && manifest.FormatVersion != RunManifest.CurrentFormatVersion)
        {
            throw new CertiPureException(
                $"{folder} holds a run of format version {manifest.FormatVersion} that is not finished; this CertiPure reads such a run but does "
                + "not continue it, so begin it again in another folder.",
                ErrorReason.Refused);
        }

        if (_pending.Count > 0 || !File.Exists(ManifestPath))
        {
            Manifest.Write(ManifestPath);
        }

        _log = CertificateLog.Append(LogPath);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The manifest, with this process's environment last.</summary>
    public RunManifest Manifest { get; private set; }

    /// <summary>The certificates so far: of earlier starts, then of this one.</summary>
    public IReadOnlyList<Certificate> Certificates => _certificates;

    /// <summary>The ids of the shard's images that have no certificate yet, ascending.</summary>
    public IReadOnlyList<int> Pending => [.. Manifest.OwnImages.Where(_pending.Contains)];

    private string ManifestPath => Path.Combine(Folder, ManifestName);

    private string LogPath => Path.Combine(Folder, LogName);

    /// <summary>Creates a run's folder, or resumes the run it holds.</summary>
    /// <param name="folder">The folder; created with its parents if need be.</param>
    /// <param name="experiment">What is certified and how.</param>
    /// <param name="shard">The part of the images to certify here.</param>
    /// <param name="environment">Where and when.</param>
    /// <param name="overwrite">Whether to discard a run that the folder holds.</param>
    /// <param name="time">The clock of the end time; the system's by default.</param>
    /// <exception cref="CertiPureException">Refused: the folder holds another experiment or shard, is in use by another
    /// process or holds other files, or a run of format version 1 that is not complete. Failed: it cannot be written, or a file
    /// in it is damaged.</exception>
    public static RunFolder Open(
        string folder,
        Experiment experiment,
        Shard shard,
        RunEnvironment environment,
        bool overwrite = false,
        TimeProvider? time = null) =>
        Open(folder, new RunManifest(RunManifest.CurrentFormatVersion, experiment, shard, [environment]), overwrite, time);

    /// <summary>Creates a run's folder, or resumes the run it holds.</summary>
    /// <param name="folder">The folder; created with its parents if need be.</param>
    /// <param name="planned">The manifest of a run that begins now. A run that the folder holds keeps its own and gains the
    /// environment.</param>
    /// <param name="overwrite">Whether to discard a run that the folder holds.</param>
    /// <param name="time">The clock of the end time; the system's by default.</param>
    /// <exception cref="CertiPureException">Refused: the folder holds another experiment or shard, is in use by another
    /// process or holds other files, or a run of format version 1 that is not complete. Failed: it cannot be written, or a file
    /// in it is damaged.</exception>
    public static RunFolder Open(string folder, RunManifest planned, bool overwrite = false, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(planned);
        planned.Experiment.Validate();
        string manifestPath = Path.Combine(folder, ManifestName);
        RefuseForeignFolder(folder);
        FileStream @lock = Lock(folder);
        try
        {
            if (overwrite)
            {
                // The log first: a crash in between leaves a manifest alone, which is a run that has not begun.
                File.Delete(Path.Combine(folder, LogName));
                File.Delete(manifestPath);
            }

            RunManifest manifest = planned;
            if (File.Exists(manifestPath))
            {
                RunManifest existing = RunManifest.Read(manifestPath);
                RefuseOther(folder, existing, planned.Experiment, planned.Shard);
                manifest = existing with { Environment = [.. existing.Environment, .. planned.Environment] };
            }

            return new RunFolder(folder, manifest, @lock, time ?? TimeProvider.System);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>The seed of the run that a folder holds, which a run that goes on keeps; null for a folder without a run.</summary>
    /// <param name="folder">The folder, or null for none.</param>
    /// <exception cref="CertiPureException">Its manifest cannot be read.</exception>
    public static ulong? SeedIn(string? folder) =>
        folder is not null && Path.Combine(folder, ManifestName) is var path && File.Exists(path)
            ? RunManifest.Read(path).Experiment.Seed
            : null;

    /// <summary>Writes a whole run at once.</summary>
    internal static Run Create(string folder, RunManifest manifest, IReadOnlyList<Certificate> certificates, bool overwrite)
    {
        string manifestPath = Path.Combine(folder, ManifestName);
        RefuseForeignFolder(folder);
        using FileStream held = Lock(folder);
        if (File.Exists(manifestPath) && !overwrite)
        {
            throw new CertiPureException(
                $"{folder} already holds a run; name another folder.", ErrorReason.OutputExists);
        }

        // In this order a crash in between leaves a manifest alone, which is a run that has not begun, and never certificates under
        // another run's manifest.
        File.Delete(Path.Combine(folder, LogName));
        manifest.Write(manifestPath);
        CertificateLog.Replace(Path.Combine(folder, LogName), certificates);
        return Run.Read(folder);
    }

    /// <summary>Writes a finished image's certificate to the log and the disk.</summary>
    /// <param name="certificate">The certificate of a pending image.</param>
    /// <exception cref="CertiPureException">The disk is full or gone.</exception>
    /// <exception cref="ArgumentException">The image is not pending.</exception>
    public void Append(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!_pending.Contains(certificate.Id))
        {
            throw new ArgumentException($"Image {certificate.Id} is not pending in this run.", nameof(certificate));
        }

        _log.Write(certificate);
        _pending.Remove(certificate.Id);
        _certificates.Add(certificate);
    }

    /// <summary>Writes to the manifest what the probe of the base classifier saw, before the first vote and again after the last.</summary>
    /// <param name="probe">What it saw.</param>
    /// <exception cref="CertiPureException">The disk is full or gone.</exception>
    public void Record(ProbeOutcome probe)
    {
        Manifest = Manifest with
        {
            Environment = [.. Manifest.Environment.SkipLast(1), Manifest.Environment[^1] with { Probe = probe }],
        };
        Manifest.Write(ManifestPath);
    }

    /// <summary>
    /// Writes the end time, also of an interrupted run, which can be opened again later. A complete log is put in the order
    /// of ids, so that the same experiment ends in the same bytes (timings apart) whatever the order of work.
    /// </summary>
    /// <exception cref="CertiPureException">The disk is full or gone.</exception>
    public void Finish()
    {
        // Opening a complete run again is not work on it.
        if (_pending.Count > 0 || _certificates.Count > _resumed)
        {
            WriteEnd();
        }

        // A process may have been killed after the last certificate and before this.
        if (_pending.Count == 0)
        {
            _log.Dispose();
            CertificateLog.Replace(LogPath, _certificates.OrderBy(certificate => certificate.Id));
        }
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose()
    {
        _log.Dispose();
        _lock.Dispose();
    }

    private void WriteEnd()
    {
        RunEnvironment environment = Manifest.Environment[^1];
        DateTimeOffset end = _time.GetUtcNow();
        double seconds = (end - environment.StartedAt).TotalSeconds;
        environment = environment with
        {
            EndedAt = end,
            Images = _certificates.Count - _resumed,
            ImagesPerSecond = seconds > 0 ? Math.Round((_certificates.Count - _resumed) / seconds, 3) : null,
        };
        Manifest = Manifest with { Environment = [.. Manifest.Environment.SkipLast(1), environment] };
        Manifest.Write(ManifestPath);
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // On Unix FileShare.None is flock(LOCK_EX): advisory, and released by the kernel when the process ends.
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unwritable(e);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            throw new CertiPureException(
                $"Another process is at work in {folder}; wait for it to end, or name another folder.", e, ErrorReason.Refused);
        }
        catch (IOException e)
        {
            throw Unwritable(e);
        }

        CertiPureException Unwritable(Exception e) =>
            new($"The run folder {folder} cannot be written: {e.Message}", e);

        // The runtime reports EWOULDBLOCK of flock (11 on Linux, 35 on macOS) and Windows' ERROR_SHARING_VIOLATION this way.
        static bool IsHeldByAnother(IOException e) => (e.HResult & 0xFFFF) is 11 or 32 or 35;
    }

    private static void RefuseForeignFolder(string folder)
    {
        if (File.Exists(folder))
        {
            throw new CertiPureException($"{folder} is a file, so no run can be written there; name a folder.", ErrorReason.Refused);
        }

        string? stranger = Directory.Exists(folder) && !File.Exists(Path.Combine(folder, ManifestName))
            ? Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName)
                .FirstOrDefault(name => name is not (LockName or ManifestName + ".tmp"))
            : null;
        if (stranger is not null)
        {
            throw new CertiPureException(
                $"{folder} holds {stranger} and no manifest.json, so it is not a run's folder; name a new or empty one.",
                ErrorReason.Refused);
        }
    }

    private static void RefuseOther(string folder, RunManifest existing, Experiment experiment, Shard shard)
    {
        IReadOnlyList<ExperimentDifference> differences = existing.Experiment.DifferencesFrom(experiment);
        if (differences.Count > 0)
        {
            throw new CertiPureException(
                $"{folder} holds another experiment ({string.Join("; ", differences)}); name another folder.",
                ErrorReason.OutputExists);
        }

        if (existing.HasChangedClassifier())
        {
            throw new CertiPureException(
                $"{folder} holds a run whose base classifier gave other scores at its end than at its beginning, so its votes mean "
                + "nothing; begin in another folder with a classifier that keeps no state.",
                ErrorReason.Refused);
        }

        if (existing.Shard != shard)
        {
            throw new CertiPureException(
                $"{folder} holds shard {existing.Shard} of this experiment, not {shard}; give each shard its own folder.",
                ErrorReason.Refused);
        }
    }
}
