using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>Joins the shards of one experiment into one run.</summary>
public static class Merge
{
    /// <summary>
    /// Joins run folders into a new one, whose log has the bytes of an undivided run, timings apart. Every image of the
    /// experiment must be in exactly one of the folders.
    /// </summary>
    /// <param name="folders">The shards' folders, in any order.</param>
    /// <param name="output">The folder to write, which must not be one of them.</param>
    /// <param name="overwrite">Whether to discard a run that the output folder holds.</param>
    /// <exception cref="CertiPureException">Refused: another experiment, a gap or an overlap, each named. Failed: a folder
    /// cannot be read or written.</exception>
    public static Run Runs(IReadOnlyList<string> folders, string output, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(folders);
        if (folders.Count == 0)
        {
            throw new CertiPureException("There is nothing to merge; name the shards' run folders.", ErrorReason.InvalidArgument);
        }

        if (folders.Any(folder => Canonical(folder) == Canonical(output)))
        {
            throw new CertiPureException($"{output} is one of the shards; name another folder for the merged run.", ErrorReason.InvalidArgument);
        }

        Run[] shards = [.. folders.Select(Run.Read)];
        Experiment experiment = shards[0].Manifest.Experiment;
        var owner = new Dictionary<int, string>();
        foreach (Run shard in shards)
        {
            RefuseOtherExperiment(shards[0], shard);
            foreach (Certificate certificate in shard.Certificates)
            {
                if (!owner.TryAdd(certificate.Id, shard.Folder))
                {
                    throw new CertiPureException(
                        $"Image {certificate.Id} is certified both in {owner[certificate.Id]} and in {shard.Folder}; merge each "
                        + "shard once.",
                        ErrorReason.Refused);
                }
            }
        }

        RefuseGap(shards, experiment, owner);
        var environment = shards.SelectMany(shard => shard.Manifest.Environment).OrderBy(e => e.StartedAt).ToArray();
        return RunFolder.Create(
            output,
            shards[0].Manifest with { Shard = Shard.Whole, Environment = environment },
            [.. shards.SelectMany(shard => shard.Certificates).OrderBy(certificate => certificate.Id)],
            overwrite);
    }

    private static string Canonical(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static void RefuseOtherExperiment(Run first, Run shard)
    {
        IReadOnlyList<ExperimentDifference> differences = shard.Manifest.Experiment.DifferencesFrom(first.Manifest.Experiment);
        if (differences.Count > 0)
        {
            throw new CertiPureException(
                $"{shard.Folder} holds another experiment than {first.Folder} ({string.Join("; ", differences)}); merge shards of "
                + "one experiment.",
                ErrorReason.Refused);
        }

        if (shard.Manifest.FormatVersion != first.Manifest.FormatVersion)
        {
            throw new CertiPureException(
                $"{shard.Folder} has format version {shard.Manifest.FormatVersion} and {first.Folder} {first.Manifest.FormatVersion}; "
                + "merge shards that one version of CertiPure wrote.",
                ErrorReason.Refused);
        }
    }

    private static void RefuseGap(Run[] shards, Experiment experiment, Dictionary<int, string> owner)
    {
        int[] missing = [.. experiment.Images.Where(id => !owner.ContainsKey(id))];
        if (missing.Length > 0)
        {
            Run? unfinished = shards.FirstOrDefault(shard => !shard.IsComplete);
            throw new CertiPureException(
                $"{missing.Length} of {experiment.Images.Count} images have no certificate "
                + $"({Excerpt.Of(ImageIdsConverter.Format(missing))}); "
                + (unfinished is null ? "a shard is missing." : $"finish the run in {unfinished.Folder} first."),
                ErrorReason.Refused);
        }
    }
}
