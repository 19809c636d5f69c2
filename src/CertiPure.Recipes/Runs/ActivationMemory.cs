using System.Globalization;
using CertiPure.Images;

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

    /// <summary>Refuses a batch whose pixels alone do not fit into memory, before any network is loaded.</summary>
    /// <param name="shape">The images' shape.</param>
    /// <param name="batchSize">The batch size.</param>
    /// <exception cref="CertiPureException">They do not.</exception>
    public static void RefuseBatch(ImageShape shape, int batchSize)
    {
        long values = (long)shape.Length * batchSize;
        // Noisy images, purified images and the tensor that a network takes are there at once.
        long bytes = 3 * sizeof(float) * values;
        RefuseBatch(batchSize, values > Array.MaxLength ? long.MaxValue : bytes, Available);
    }

    /// <summary>Refuses a batch that does not fit into memory.</summary>
    /// <param name="batchSize">The batch size.</param>
    /// <param name="bytes">What it takes, at least.</param>
    /// <param name="available">The free memory.</param>
    /// <exception cref="CertiPureException">It does not.</exception>
    public static void RefuseBatch(int batchSize, long bytes, long available)
    {
        if (bytes > available)
        {
            string needed = bytes == long.MaxValue ? "more than one array can hold"
                : string.Create(CultureInfo.InvariantCulture, $"at least {bytes / 1e9:0.0} GB of memory");
            throw new CertiPureException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A batch of {batchSize} images takes {needed}, and {available / 1e9:0.0} GB are free; take a smaller batch."),
                ErrorReason.InvalidArgument);
        }
    }

    /// <summary>Runs work twice, the second time watched.</summary>
    /// <param name="work">The work; nothing else should allocate meanwhile.</param>
    /// <returns>By how many bytes the process grew at most; null where the system does not say.</returns>
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
