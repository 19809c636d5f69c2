using System.Globalization;

namespace CertiPure.Benchmarks;

/// <summary>The same work alone and beside one busy competitor for each processor, of equal priority: half of the speed is the
/// ideal.</summary>
internal static class SharedSpeed
{
    public static void Measure(int repeats)
    {
        Certify(repeats);
        Train(repeats);
    }

    /// <summary>Certifies alone and beside competitors.</summary>
    /// <returns>The share of the speed that is kept.</returns>
    public static double Certify(int repeats)
    {
        using var work = new WorkProcess(["work", "certify"]);
        return Compare("certify, bundled fashion-mnist, bf16", repeats, work, work);
    }

    /// <summary>Trains alone and beside competitors, each after its own choice of threads.</summary>
    /// <returns>The share of the speed that is kept.</returns>
    public static double Train(int repeats)
    {
        using var alone = new WorkProcess(["work", "train"]);
        alone.Run();
        using var beside = new WorkProcess(["work", "train"]);
        using (WorkProcess.Compete())
        {
            beside.Run();
        }

        return Compare("train, cifar10-small edm", repeats, alone, beside);
    }

    private static double Compare(string name, int repeats, WorkProcess alone, WorkProcess beside)
    {
        IReadOnlyList<Measurement> times = Alternation.Measure(
            repeats,
            new Computation("alone", 1, alone.Run),
            new Computation("beside a competitor per processor", 1, () =>
            {
                using IDisposable competitors = WorkProcess.Compete();
                return beside.Run();
            }));
        double kept = times[1].FasterThan(times[0]);
        Console.WriteLine($"shared, {name}, on {Machine.Processor}");
        foreach (Measurement time in times)
        {
            time.Print("");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  beside competitors it keeps {kept:p0} of its speed"));
        return kept;
    }
}
