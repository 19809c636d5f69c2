using System.Globalization;

namespace CertiPure.Recipes.Runs;

/// <summary>How much memory a computation takes while it runs, and how much there is.</summary>
internal static class ActivationMemory
{
    private const string Status = "/proc/self/status";
    private const string ResetPeak = "/proc/self/clear_refs";

    /// <summary>The free memory in bytes, within the limit of a container.</summary>
    public static long Available
    {
        get
        {
            long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
            return Read("/proc/meminfo", "MemAvailable:") is { } free ? Math.Min(free, limit) : limit;
        }
    }

    /// <summary>Runs work twice, the second time watched.</summary>
    /// <param name="work">The work; nothing else should allocate meanwhile.</param>
    /// <returns>By how many bytes the process grew at most; null where the system does not tell.</returns>
    public static long? Measure(Action work)
    {
        // The first time also makes what stays: kernels, buffers, thread pools.
        work();
        try
        {
            File.WriteAllText(ResetPeak, "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        long? before = Read(Status, "VmRSS:");
        work();
        return Read(Status, "VmHWM:") - before;
    }

    /// <summary>A line such as <c>VmRSS:    1234 kB</c>, in bytes.</summary>
    private static long? Read(string file, string name)
    {
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(each => each.StartsWith(name, StringComparison.Ordinal))
            : null;
        return line is null
            ? null
            : 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
