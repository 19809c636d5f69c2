using System.Globalization;

namespace CertiPure.Recipes.Runs;

/// <summary>The processor time that control groups grant this process (Linux), in processors: a container with a limit of 1.5 CPUs may
/// use two processors three quarters of the time.</summary>
public static class ProcessorQuota
{
    /// <summary>This process's quota; null for none.</summary>
    public static double? Current => Read("/proc/self/cgroup", "/sys/fs/cgroup");

    /// <summary>The smallest quota of the groups that a process belongs to and of the groups around them.</summary>
    /// <param name="memberships">The file <c>/proc/PID/cgroup</c>: lines <c>hierarchy:controllers:path</c>.</param>
    /// <param name="root">Where the hierarchies are mounted.</param>
    internal static double? Read(string memberships, string root)
    {
        if (!File.Exists(memberships))
        {
            return null;
        }

        double? smallest = null;
        foreach (string[] parts in File.ReadLines(memberships).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3))
        {
            bool isUnified = parts[1].Length == 0;
            if (!isUnified && !parts[1].Split(',').Contains("cpu"))
            {
                continue;
            }

            // Within a container the path may be the host's, while the mount begins at the container's own group.
            string mount = isUnified ? root : Path.Combine(root, "cpu");
            for (string? path = parts[2].Trim('/'); path is not null; path = path.Length == 0 ? null : Path.GetDirectoryName(path) ?? "")
            {
                string folder = Path.Combine(mount, path);
                double? quota = isUnified
                    ? Unified(Path.Combine(folder, "cpu.max"))
                    : Legacy(Path.Combine(folder, "cpu.cfs_quota_us"), Path.Combine(folder, "cpu.cfs_period_us"));
                smallest = quota is null || smallest <= quota ? smallest : quota;
            }
        }

        return smallest;
    }

    /// <summary><c>150000 100000</c>, or <c>max 100000</c> for no limit.</summary>
    private static double? Unified(string file) =>
        Words(file) is [var quota, var period] && Number(quota) is { } time && Number(period) is > 0 and var length ? time / length : null;

    /// <summary>-1 for no limit.</summary>
    private static double? Legacy(string quotaFile, string periodFile) =>
        Words(quotaFile) is [var quota] && Words(periodFile) is [var period]
        && Number(quota) is > 0 and var time && Number(period) is > 0 and var length
            ? time / length
            : null;

    private static string[] Words(string file) => File.Exists(file) ? File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];

    private static double? Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;
}
