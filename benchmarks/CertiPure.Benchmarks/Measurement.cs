namespace CertiPure.Benchmarks;

/// <summary>The seconds that one thing took, over all repeats.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Seconds">One value per repeat, ascending.</param>
internal sealed record Measurement(string Name, IReadOnlyList<double> Seconds)
{
    public double Median => Seconds[Seconds.Count / 2];

    /// <summary>The distance from the fastest to the slowest repeat, as a share of the median.</summary>
    public double Spread => (Seconds[^1] - Seconds[0]) / Median;
}
